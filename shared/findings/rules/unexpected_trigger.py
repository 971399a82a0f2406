"""`unexpected-trigger`: a trigger, event trigger or rewrite rule is there and declared nowhere."""

from __future__ import annotations

from shared.findings.finding import Severity
from shared.findings.rule import UNEXPECTED, Rule, always

RULE = Rule(
    id="unexpected-trigger",
    title="A trigger or rule nobody declared",
    changes=UNEXPECTED,
    kinds=frozenset({"event_trigger", "rule", "trigger"}),
    judge=always(Severity.ERROR, "writes do more, or other, than the declaration says"),
)
