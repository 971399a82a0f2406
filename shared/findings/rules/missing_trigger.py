"""`missing-trigger`: a declared trigger, event trigger or rewrite rule is not there."""

from __future__ import annotations

from shared.findings.finding import Severity
from shared.findings.rule import MISSING, Rule, always

RULE = Rule(
    id="missing-trigger",
    title="A trigger or rule is missing",
    changes=MISSING,
    kinds=frozenset({"event_trigger", "rule", "trigger"}),
    judge=always(Severity.ERROR, "writes no longer do what was declared to follow from them"),
)
