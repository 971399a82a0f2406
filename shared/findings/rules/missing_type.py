"""`missing-type`: a declared enum, domain, composite, range or base type is not in the database."""

from __future__ import annotations

from shared.findings.finding import Severity
from shared.findings.rule import MISSING, Rule, always

RULE = Rule(
    id="missing-type",
    title="A type is missing",
    changes=MISSING,
    kinds=frozenset({"base_type", "composite_type", "domain_type", "enum_type", "range_type"}),
    judge=always(Severity.ERROR, "statements that name it fail"),
)
