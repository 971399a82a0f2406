"""`altered-index`: an index of the same name is built otherwise."""

from __future__ import annotations

from shared.diff.changes import Altered, Change
from shared.findings.finding import Severity
from shared.findings.rule import ALTERED, Judgement, Rule
from shared.schema.relations import Index


def _judge(change: Change) -> Judgement:
    match change:
        case Altered(desired=Index(unique=True), observed=Index(unique=False)):
            return Judgement(Severity.ERROR, "rows it should keep unique can repeat, and upserts that rely on it fail")
        case Altered(desired=Index(unique=False), observed=Index(unique=True)):
            return Judgement(Severity.ERROR, "it refuses rows that the declaration lets repeat")
        case _:
            return Judgement(Severity.WARNING, "queries that relied on the declared form may read the whole table")


RULE = Rule(
    id="altered-index",
    title="An index is defined otherwise",
    changes=ALTERED,
    kinds=frozenset({"index"}),
    judge=_judge,
)
