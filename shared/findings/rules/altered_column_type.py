"""`altered-column-type`: the type of a column differs."""

from __future__ import annotations

from shared.findings.finding import Severity
from shared.findings.rule import ALTERED, Rule, always

RULE = Rule(
    id="altered-column-type",
    title="A column has another type",
    changes=ALTERED,
    kinds=frozenset({"column"}),
    fields=frozenset({"type"}),
    judge=always(Severity.ERROR, "values may not fit, and services that expect the declared type fail to decode it"),
)
