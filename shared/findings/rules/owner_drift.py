"""`owner-drift`: the owner of an object differs (compared by choice)."""

from __future__ import annotations

from shared.findings.finding import Severity
from shared.findings.rule import PRESENT_OR_NOT, Rule, always

RULE = Rule(
    id="owner-drift",
    title="Another owner",
    changes=PRESENT_OR_NOT,
    kinds=frozenset({"owner"}),
    judge=always(Severity.WARNING, "other roles can alter or drop it"),
)
