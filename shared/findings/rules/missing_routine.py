"""`missing-routine`: a declared function, procedure or aggregate is not in the database."""

from __future__ import annotations

from shared.findings.finding import Severity
from shared.findings.rule import MISSING, Rule, always

RULE = Rule(
    id="missing-routine",
    title="A function or procedure is missing",
    changes=MISSING,
    kinds=frozenset({"aggregate", "routine"}),
    judge=always(Severity.ERROR, "statements that call it fail"),
)
