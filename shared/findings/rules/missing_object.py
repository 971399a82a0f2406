"""`missing-object`: any other declared object is not in the database; the fallback of its kind."""

from __future__ import annotations

from shared.findings.finding import Severity
from shared.findings.rule import MISSING, Rule, always

RULE = Rule(
    id="missing-object",
    title="An object is missing",
    changes=MISSING,
    judge=always(Severity.WARNING, "what relies on it does not work as declared"),
)
