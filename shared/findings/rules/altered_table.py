"""`altered-table`: storage, access method, tablespace, inheritance or replica identity of a table differs."""

from __future__ import annotations

from shared.findings.finding import Severity
from shared.findings.rule import ALTERED, Rule, always

RULE = Rule(
    id="altered-table",
    title="A table is set up otherwise",
    changes=ALTERED,
    kinds=frozenset({"foreign_table", "table"}),
    judge=always(Severity.WARNING, "its rows are the same, how it behaves is not"),
)
