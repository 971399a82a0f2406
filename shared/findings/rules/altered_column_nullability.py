"""`altered-column-nullability`: NOT NULL is set on one side only."""

from __future__ import annotations

from shared.diff.changes import Altered, Change
from shared.findings.finding import Severity
from shared.findings.rule import ALTERED, Judgement, Rule
from shared.schema.relations import Column
from shared.schema.types import DomainType


def _judge(change: Change) -> Judgement:
    match change:
        case Altered(observed=Column(not_null=True) | DomainType(not_null=True)):
            return Judgement(Severity.ERROR, "inserts and updates that leave it NULL are refused")
        case _:
            return Judgement(Severity.ERROR, "NULL can be stored, and services that expect a value fail to decode it")


RULE = Rule(
    id="altered-column-nullability",
    title="A column takes or refuses NULL otherwise",
    changes=ALTERED,
    kinds=frozenset({"column", "domain_type"}),
    fields=frozenset({"not_null"}),
    judge=_judge,
)
