"""A rule: which changes it judges, how bad they are, and what follows from them.

A rule is data and one pure function. It lives in its own file under `shared.findings.rules`, has a page in
`docs/rules/` and a golden case; the registry is derived from the files.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from shared.diff.changes import Change
from shared.findings.finding import Severity


class Judgement(msgspec.Struct, frozen=True):
    """How bad one change is, and the clause that says what follows from it: `queries that name it fail`."""

    severity: Severity
    consequence: str


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that judges changes of some kinds and makes findings.

    Args:
        id: `missing-index`: for ever.
        title: What it is about, for headings; no full stop.
        changes: Tags of the changes it judges: `missing`, `unexpected`, `altered`, `unverified`.
        kinds: Kinds of objects; empty means every kind, which makes it a fallback.
        fields: For `altered`: the model fields it judges; empty means those no other rule has claimed.
        applies: A further condition; a rule with one is asked before those without.
        judge: Severity and consequence.
    """

    id: str
    title: str
    changes: frozenset[str]
    judge: Callable[[Change], Judgement]
    kinds: frozenset[str] = frozenset()
    fields: frozenset[str] = frozenset()
    applies: Callable[[Change], bool] | None = None


def always(severity: Severity, consequence: str) -> Callable[[Change], Judgement]:
    """Make the `judge` of a rule whose answer does not depend on the change."""
    judgement = Judgement(severity, consequence)

    def judge(_change: Change) -> Judgement:
        return judgement

    return judge


def tag_of(change: Change) -> str:
    """Give the word for a change: `missing`, `unexpected`, `altered` or `unverified`."""
    return str(change.__struct_config__.tag)


MISSING = frozenset({"missing"})
UNEXPECTED = frozenset({"unexpected"})
ALTERED = frozenset({"altered"})
PRESENT_OR_NOT = frozenset({"missing", "unexpected", "altered"})
"""For rules about facets, where presence and value are the same question."""
