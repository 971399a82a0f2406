"""`missing-sequence`: a declared sequence is not in the database."""

from __future__ import annotations

from shared.findings.finding import Severity
from shared.findings.rule import MISSING, Rule, always

RULE = Rule(
    id="missing-sequence",
    title="A sequence is missing",
    changes=MISSING,
    kinds=frozenset({"sequence"}),
    judge=always(Severity.ERROR, "inserts that draw numbers from it fail"),
)
