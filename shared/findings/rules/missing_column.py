"""`missing-column`: a declared column is not in its table."""

from __future__ import annotations

from shared.findings.finding import Severity
from shared.findings.rule import MISSING, Rule, always

RULE = Rule(
    id="missing-column",
    title="A column is missing",
    changes=MISSING,
    kinds=frozenset({"column", "view_column"}),
    judge=always(Severity.ERROR, "every query that names it fails"),
)
