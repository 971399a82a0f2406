"""`setting-drift`: ALTER DATABASE or ALTER ROLE … SET differs (compared by choice)."""

from __future__ import annotations

from shared.findings.finding import Severity
from shared.findings.rule import PRESENT_OR_NOT, Rule, always

RULE = Rule(
    id="setting-drift",
    title="Another database setting",
    changes=PRESENT_OR_NOT,
    kinds=frozenset({"database_setting"}),
    judge=always(Severity.WARNING, "sessions behave otherwise than declared"),
)
