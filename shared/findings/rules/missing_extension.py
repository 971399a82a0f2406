"""`missing-extension`: a declared extension is not installed."""

from __future__ import annotations

from shared.findings.finding import Severity
from shared.findings.rule import MISSING, Rule, always

RULE = Rule(
    id="missing-extension",
    title="An extension is missing",
    changes=MISSING,
    kinds=frozenset({"extension"}),
    judge=always(Severity.ERROR, "everything that uses its types, functions or operators fails"),
)
