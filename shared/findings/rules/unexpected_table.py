"""`unexpected-table`: a table is in the database and declared nowhere."""

from __future__ import annotations

from shared.findings.finding import Severity
from shared.findings.rule import UNEXPECTED, Rule, always

RULE = Rule(
    id="unexpected-table",
    title="A table nobody declared",
    changes=UNEXPECTED,
    kinds=frozenset({"foreign_table", "table"}),
    judge=always(Severity.WARNING, "nothing declared needs it, and nobody looks after it"),
)
