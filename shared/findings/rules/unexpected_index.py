"""`unexpected-index`: an index is in the database and declared nowhere."""

from __future__ import annotations

from shared.diff.changes import Change, Unexpected
from shared.findings.finding import Severity
from shared.findings.rule import UNEXPECTED, Judgement, Rule
from shared.schema.relations import Index


def _judge(change: Change) -> Judgement:
    match change:
        case Unexpected(observed=Index(unique=True)):
            return Judgement(Severity.ERROR, "it refuses rows that the declaration lets repeat")
        case _:
            return Judgement(Severity.WARNING, "every write pays for it; declare it if queries need it")


RULE = Rule(
    id="unexpected-index",
    title="An index nobody declared",
    changes=UNEXPECTED,
    kinds=frozenset({"index"}),
    judge=_judge,
)
