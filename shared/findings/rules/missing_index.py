"""`missing-index`: a declared index is not in the database."""

from __future__ import annotations

from shared.diff.changes import Change, Missing
from shared.findings.finding import Severity
from shared.findings.rule import MISSING, Judgement, Rule
from shared.schema.relations import Index


def _judge(change: Change) -> Judgement:
    match change:
        case Missing(desired=Index(unique=True)):
            return Judgement(Severity.ERROR, "rows it should keep unique can repeat, and upserts that rely on it fail")
        case _:
            return Judgement(Severity.WARNING, "queries that relied on it read the whole table")


RULE = Rule(
    id="missing-index",
    title="An index is missing",
    changes=MISSING,
    kinds=frozenset({"index"}),
    judge=_judge,
)
