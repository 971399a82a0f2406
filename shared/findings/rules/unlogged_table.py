"""`unlogged-table`: a table survives no crash, or is logged though declared unlogged."""

from __future__ import annotations

from shared.diff.changes import Altered, Change
from shared.findings.finding import Severity
from shared.findings.rule import ALTERED, Judgement, Rule
from shared.schema.relations import Table


def _judge(change: Change) -> Judgement:
    match change:
        case Altered(observed=Table(persistence="unlogged")):
            return Judgement(Severity.ERROR, "a crash empties it, and no standby has its rows")
        case _:
            return Judgement(Severity.WARNING, "writes to it cost more than declared")


RULE = Rule(
    id="unlogged-table",
    title="A table is unlogged",
    changes=ALTERED,
    kinds=frozenset({"table"}),
    fields=frozenset({"persistence"}),
    judge=_judge,
)
