"""A tenancy rule, and the list of them all, made from the files in `shared/findings/tenancy/rules`."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable

import msgspec

from shared.findings.finding import Severity
from shared.findings.tenancy import rules
from shared.findings.tenancy.case import TenancyCase
from shared.schema.identity import ObjectId

VIOLATED = Severity.ERROR
"""The rows of tenants are not kept apart, whatever they are."""
AT_RISK = Severity.WARNING
"""They are kept apart, until a row, a role or a query comes that this would have stopped."""
UNVERIFIED = Severity.INFO
"""That cannot be decided from the schema."""


class Fault(msgspec.Struct, frozen=True):
    """One place where a schema does not keep its tenants apart.

    Args:
        grade: `VIOLATED`, `AT_RISK` or `UNVERIFIED`.
        object: Where it is put right.
        message: What is wrong and what follows, one sentence.
        table: The table it is about.
    """

    grade: Severity
    object: ObjectId
    message: str
    table: ObjectId


class TenancyRule(msgspec.Struct, frozen=True, kw_only=True):
    """A rule about one way of keeping tenants apart.

    Args:
        id: `tenancy-column-missing`: for ever.
        title: What it is about, for headings; no full stop.
        judge: Gives what is wrong in one schema, in any order.
    """

    id: str
    title: str
    judge: Callable[[TenancyCase], Iterable[Fault]]


def _load() -> tuple[TenancyRule, ...]:
    """Import every file of `shared/findings/tenancy/rules` and give its RULE, sorted by id.

    Raises:
        TypeError: When a file has no RULE.
    """
    names = (f"{rules.__name__}.{found.name}" for found in pkgutil.iter_modules(rules.__path__))
    return tuple(sorted((_rule_in(name) for name in names), key=lambda rule: rule.id))


def _rule_in(module: str) -> TenancyRule:
    rule = vars(importlib.import_module(module)).get("RULE")
    if not isinstance(rule, TenancyRule):
        raise TypeError(f"{module}: expected RULE = TenancyRule(...), found {rule!r}")
    return rule


def load_tenancy_rules() -> dict[str, TenancyRule]:
    """Give every tenancy rule by its id."""
    return {rule.id: rule for rule in _load()}
