"""`unexpected-policy`: a row-level security policy is there and declared nowhere."""

from __future__ import annotations

from shared.diff.changes import Change, Unexpected
from shared.findings.finding import Severity
from shared.findings.rule import UNEXPECTED, Judgement, Rule
from shared.schema.relations import Policy


def _judge(change: Change) -> Judgement:
    match change:
        case Unexpected(observed=Policy(permissive=True)):
            return Judgement(Severity.ERROR, "it opens rows that the declaration keeps closed")
        case _:
            return Judgement(Severity.ERROR, "it hides rows that the declaration shows")


RULE = Rule(
    id="unexpected-policy",
    title="A row-level security policy nobody declared",
    changes=UNEXPECTED,
    kinds=frozenset({"policy"}),
    judge=_judge,
)
