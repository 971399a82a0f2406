"""`missing-view`: a declared view is not in the database."""

from __future__ import annotations

from shared.findings.finding import Severity
from shared.findings.rule import MISSING, Rule, always

RULE = Rule(
    id="missing-view",
    title="A view is missing",
    changes=MISSING,
    kinds=frozenset({"materialized_view", "view"}),
    judge=always(Severity.ERROR, "queries that read it fail"),
)
