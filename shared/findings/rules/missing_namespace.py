"""`missing-namespace`: a declared namespace (CREATE SCHEMA) is not in the database."""

from __future__ import annotations

from shared.findings.finding import Severity
from shared.findings.rule import MISSING, Rule, always

RULE = Rule(
    id="missing-namespace",
    title="A namespace is missing",
    changes=MISSING,
    kinds=frozenset({"namespace"}),
    judge=always(Severity.ERROR, "nothing that is declared in it exists"),
)
