"""`altered-routine`: body, result or attributes of a function, procedure or aggregate differ."""

from __future__ import annotations

from shared.diff.changes import Altered, Change
from shared.findings.finding import Severity
from shared.findings.rule import ALTERED, Judgement, Rule


def _judge(change: Change) -> Judgement:
    if isinstance(change, Altered) and {"result", "arguments"} & set(change.fields):
        return Judgement(Severity.ERROR, "callers pass or receive something else than declared")
    return Judgement(Severity.WARNING, "it may do something else than declared")


RULE = Rule(
    id="altered-routine",
    title="A function or procedure is defined otherwise",
    changes=ALTERED,
    kinds=frozenset({"aggregate", "routine"}),
    judge=_judge,
)
