"""A contract rule, and the list of them all, made from the files in `shared/contracts/rules`."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable

import msgspec

from shared.contracts import rules
from shared.contracts.case import Case
from shared.contracts.contract import Verdict


class ContractRule(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that finds one way in which a query can break in a shape.

    Args:
        id: `contract-nullable`: for ever.
        title: What it is about, for headings; no full stop.
        judge: Gives the verdicts of one case that do not hold, in any order.
    """

    id: str
    title: str
    judge: Callable[[Case], Iterable[Verdict]]


def load_rules() -> tuple[ContractRule, ...]:
    """Import every file of `shared/contracts/rules` and give its RULE, sorted by id.

    Raises:
        TypeError: When a file has no RULE.
    """
    names = (f"{rules.__name__}.{found.name}" for found in pkgutil.iter_modules(rules.__path__))
    return tuple(sorted((_rule_in(name) for name in names), key=lambda rule: rule.id))


def _rule_in(module: str) -> ContractRule:
    rule = vars(importlib.import_module(module)).get("RULE")
    if not isinstance(rule, ContractRule):
        raise TypeError(f"{module}: expected RULE = ContractRule(...), found {rule!r}")
    return rule
