"""`missing-constraint`: a declared unique, check, exclusion or not-null constraint is not there."""

from __future__ import annotations

from shared.diff.changes import Change, Missing
from shared.findings.finding import Severity
from shared.findings.rule import MISSING, Judgement, Rule
from shared.schema.relations import Constraint


def _judge(change: Change) -> Judgement:
    match change:
        case Missing(desired=Constraint(type="unique")):
            return Judgement(Severity.ERROR, "rows can repeat, and upserts that rely on it fail")
        case _:
            return Judgement(Severity.ERROR, "rows the declaration forbids can be stored")


RULE = Rule(
    id="missing-constraint",
    title="A constraint is missing",
    changes=MISSING,
    kinds=frozenset({"constraint", "domain_constraint"}),
    judge=_judge,
)
