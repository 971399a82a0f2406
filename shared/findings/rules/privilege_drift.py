"""`privilege-drift`: grants or default privileges differ (compared by choice)."""

from __future__ import annotations

from shared.findings.finding import Severity
from shared.findings.rule import PRESENT_OR_NOT, Rule, always

RULE = Rule(
    id="privilege-drift",
    title="Other privileges",
    changes=PRESENT_OR_NOT,
    kinds=frozenset({"default_privileges", "privileges"}),
    judge=always(Severity.WARNING, "roles can do more or less than declared"),
)
