"""`altered-routine`: body, result or attributes of a function, procedure or aggregate differ."""

from __future__ import annotations

from shared.diff.changes import Altered, Change
from shared.findings.finding import Severity
from shared.findings.rule import ALTERED, Judgement, Rule


def _judge(change: Change) -> Judgement:
    if isinstance(change, Altered) and {"result", "arguments"} & set(change.fields):
        return Judgement(Severity.ERROR, "callers pass or receive something else than declared")
    if isinstance(change, Altered) and _only_laid_out(change):
        return Judgement(Severity.INFO, "only white space differs: it does the same, unless a literal spans it")
    return Judgement(Severity.WARNING, "it may do something else than declared")


def _only_laid_out(change: Altered) -> bool:
    """Say whether the definitions differ in white space alone, as an editor or a tool may have left it."""
    bodies = {"".join(getattr(side, "definition", "").split()) for side in (change.desired, change.observed)}
    return change.fields == ("definition",) and len(bodies) == 1


RULE = Rule(
    id="altered-routine",
    title="A function or procedure is defined otherwise",
    changes=ALTERED,
    kinds=frozenset({"aggregate", "routine"}),
    judge=_judge,
)
