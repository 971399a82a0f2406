"""`missing-policy`: a declared row-level security policy is not on its table."""

from __future__ import annotations

from shared.findings.finding import Severity
from shared.findings.rule import MISSING, Rule, always

RULE = Rule(
    id="missing-policy",
    title="A row-level security policy is missing",
    changes=MISSING,
    kinds=frozenset({"policy"}),
    judge=always(Severity.ERROR, "rows are shown or hidden otherwise than declared"),
)
