"""`altered-trigger`: a trigger, event trigger or rewrite rule of the same name says something else."""

from __future__ import annotations

from shared.findings.finding import Severity
from shared.findings.rule import ALTERED, Rule, always

RULE = Rule(
    id="altered-trigger",
    title="A trigger or rule is defined otherwise",
    changes=ALTERED,
    kinds=frozenset({"event_trigger", "rule", "trigger"}),
    judge=always(Severity.ERROR, "writes do something else than declared"),
)
