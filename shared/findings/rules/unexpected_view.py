"""`unexpected-view`: a view is in the database and declared nowhere."""

from __future__ import annotations

from shared.findings.finding import Severity
from shared.findings.rule import UNEXPECTED, Rule, always

RULE = Rule(
    id="unexpected-view",
    title="A view nobody declared",
    changes=UNEXPECTED,
    kinds=frozenset({"materialized_view", "view", "view_column"}),
    judge=always(Severity.WARNING, "it hinders changes to the tables it reads"),
)
