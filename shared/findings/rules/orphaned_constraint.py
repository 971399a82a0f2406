"""`orphaned-constraint`: a constraint is in the database and declared nowhere."""

from __future__ import annotations

from shared.diff.changes import Change, Unexpected
from shared.findings.finding import Severity
from shared.findings.rule import UNEXPECTED, Judgement, Rule
from shared.schema.relations import Constraint


def _judge(change: Change) -> Judgement:
    match change:
        case Unexpected(observed=Constraint(type="primary_key" | "unique" | "exclusion")):
            return Judgement(Severity.ERROR, "it refuses rows that the declaration lets repeat")
        case _:
            return Judgement(Severity.ERROR, "it refuses writes that the declaration allows")


RULE = Rule(
    id="orphaned-constraint",
    title="A constraint nobody declared",
    changes=UNEXPECTED,
    kinds=frozenset({"constraint", "domain_constraint"}),
    judge=_judge,
)
