"""`altered-view`: query, columns or options of a view differ."""

from __future__ import annotations

from shared.diff.changes import Altered, Change
from shared.findings.finding import Severity
from shared.findings.rule import ALTERED, Judgement, Rule


def _judge(change: Change) -> Judgement:
    if isinstance(change, Altered) and "columns" in change.fields:
        return Judgement(Severity.ERROR, "services that read it get other columns")
    return Judgement(Severity.WARNING, "it may return other rows")


RULE = Rule(
    id="altered-view",
    title="A view is defined otherwise",
    changes=ALTERED,
    kinds=frozenset({"materialized_view", "view"}),
    judge=_judge,
)
