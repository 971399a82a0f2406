"""`altered-column-identity`: a column is an identity or generated column on one side only, or in another mode."""

from __future__ import annotations

from shared.findings.finding import Severity
from shared.findings.rule import ALTERED, Rule, always

RULE = Rule(
    id="altered-column-identity",
    title="A column is generated otherwise",
    changes=ALTERED,
    kinds=frozenset({"column"}),
    fields=frozenset({"generated", "identity_mode"}),
    judge=always(Severity.ERROR, "inserts that rely on the declared way of filling it fail or store other values"),
)
