"""`unverified`: something could not be compared, and the reason is said instead of a guess."""

from __future__ import annotations

from shared.findings.finding import Severity
from shared.findings.rule import Rule, always

RULE = Rule(
    id="unverified",
    title="Something could not be compared",
    changes=frozenset({"unverified"}),
    judge=always(Severity.WARNING, "it may or may not be as declared"),
)
