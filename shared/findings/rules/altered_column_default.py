"""`altered-column-default`: the default, or the expression of a generated column, differs."""

from __future__ import annotations

from shared.diff.changes import Altered, Change
from shared.findings.finding import Severity
from shared.findings.rule import ALTERED, Judgement, Rule
from shared.schema.relations import Column


def _judge(change: Change) -> Judgement:
    match change:
        case Altered(observed=Column(not_null=True, default="", identity_mode="")):
            return Judgement(Severity.ERROR, "it is NOT NULL, so inserts that rely on the default fail")
        case _:
            return Judgement(Severity.WARNING, "inserts that leave it out store another value")


RULE = Rule(
    id="altered-column-default",
    title="A column has another default",
    changes=ALTERED,
    kinds=frozenset({"column", "domain_type", "view_column"}),
    fields=frozenset({"default"}),
    judge=_judge,
)
