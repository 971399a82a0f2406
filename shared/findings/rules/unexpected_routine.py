"""`unexpected-routine`: a function, procedure or aggregate is in the database and declared nowhere."""

from __future__ import annotations

from shared.findings.finding import Severity
from shared.findings.rule import UNEXPECTED, Rule, always

RULE = Rule(
    id="unexpected-routine",
    title="A function or procedure nobody declared",
    changes=UNEXPECTED,
    kinds=frozenset({"aggregate", "routine"}),
    judge=always(Severity.WARNING, "callers may pick it instead of a declared one"),
)
