"""`unexpected-column`: a column is in the database and declared nowhere."""

from __future__ import annotations

from shared.diff.changes import Change, Unexpected
from shared.findings.finding import Severity
from shared.findings.rule import UNEXPECTED, Judgement, Rule
from shared.schema.relations import Column


def _judge(change: Change) -> Judgement:
    match change:
        case Unexpected(observed=Column(not_null=True, default="", identity_mode="")):
            return Judgement(
                Severity.ERROR, "it is NOT NULL without a default, so every insert that does not know it fails"
            )
        case _:
            return Judgement(Severity.WARNING, "SELECT * returns more than services expect")


RULE = Rule(
    id="unexpected-column",
    title="A column nobody declared",
    changes=UNEXPECTED,
    kinds=frozenset({"column"}),
    judge=_judge,
)
