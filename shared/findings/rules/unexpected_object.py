"""`unexpected-object`: any other object is in the database and declared nowhere; the fallback of its kind."""

from __future__ import annotations

from shared.findings.finding import Severity
from shared.findings.rule import UNEXPECTED, Rule, always

RULE = Rule(
    id="unexpected-object",
    title="An object nobody declared",
    changes=UNEXPECTED,
    judge=always(Severity.WARNING, "nothing declared needs it"),
)
