"""`missing-table`: a declared table is not in the database."""

from __future__ import annotations

from shared.findings.finding import Severity
from shared.findings.rule import MISSING, Rule, always

RULE = Rule(
    id="missing-table",
    title="A table is missing",
    changes=MISSING,
    kinds=frozenset({"foreign_table", "table"}),
    judge=always(Severity.ERROR, "every query that names it fails"),
)
