"""`comment-drift`: a comment or security label differs (compared by choice)."""

from __future__ import annotations

from shared.findings.finding import Severity
from shared.findings.rule import PRESENT_OR_NOT, Rule, always

RULE = Rule(
    id="comment-drift",
    title="Another comment",
    changes=PRESENT_OR_NOT,
    kinds=frozenset({"comment", "security_label"}),
    judge=always(Severity.INFO, "only people and tools that read it notice"),
)
