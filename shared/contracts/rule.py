"""What a contract rule is, and all of them, derived from the files under `shared.contracts.rules`."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable

import msgspec

from shared.contracts import rules
from shared.contracts.case import Case
from shared.contracts.contract import Verdict


class ContractRule(msgspec.Struct, frozen=True, kw_only=True):
    """One rule.

    Args:
        id: `contract-nullable`: for ever.
        title: What it is about, for headings; no full stop.
        judge: Gives the verdicts of one case that do not hold, in any order.
    """

    id: str
    title: str
    judge: Callable[[Case], Iterable[Verdict]]


def load_rules() -> tuple[ContractRule, ...]:
    """Read RULE from every file, sorted by id."""
    modules = (
        importlib.import_module(f"{rules.__name__}.{found.name}") for found in pkgutil.iter_modules(rules.__path__)
    )
    return tuple(sorted((module.RULE for module in modules), key=lambda rule: rule.id))
