"""The list of all rules, made from the files in `shared/findings/rules`, and which of them judge a change."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

from shared.diff.changes import Altered, Change
from shared.findings import rules
from shared.findings.rule import Rule, tag_of


def _load() -> tuple[Rule, ...]:
    """Import every file of `shared/findings/rules` and give its RULE, in the order in which rules are asked.

    Raises:
        TypeError: When a file has no RULE.
    """
    names = (f"{rules.__name__}.{found.name}" for found in pkgutil.iter_modules(rules.__path__))
    return tuple(sorted((_rule_in(name) for name in names), key=_precedence))


def _rule_in(module: str) -> Rule:
    rule = vars(importlib.import_module(module)).get("RULE")
    if not isinstance(rule, Rule):
        raise TypeError(f"{module}: expected RULE = Rule(...), found {rule!r}")
    return rule


def _precedence(rule: Rule) -> tuple[bool, bool, bool, str]:
    """Put rules with a condition first, then those for named fields, then those for a kind, then the fallbacks."""
    return (rule.applies is None, not rule.fields, not rule.kinds, rule.id)


RULES = _load()
"""Every rule, most specific first."""

BY_ID = {rule.id: rule for rule in RULES}
"""Every rule by its id."""


def rules_for(change: Change) -> Iterator[tuple[Rule, frozenset[str]]]:
    """Give the rules that judge a change, each with the fields that it judges.

    A missing, unexpected or unverified change has exactly one rule, and no fields. The fields of an altered object are
    shared out: each goes to the first rule that claims it, so every field is judged once.
    """
    remaining = frozenset(change.fields) if isinstance(change, Altered) else None
    for rule in RULES:
        if not _matches(rule, change):
            continue
        if remaining is None:
            yield rule, frozenset()
            return
        claimed = remaining & rule.fields if rule.fields else remaining
        if claimed:
            yield rule, claimed
            remaining -= claimed
        if not remaining:
            return


def _matches(rule: Rule, change: Change) -> bool:
    return (
        tag_of(change) in rule.changes
        and (not rule.kinds or change.identity.kind in rule.kinds)
        and (rule.applies is None or rule.applies(change))
    )
