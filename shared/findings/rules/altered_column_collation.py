"""`altered-column-collation`: the collation of a column differs."""

from __future__ import annotations

from shared.findings.finding import Severity
from shared.findings.rule import ALTERED, Rule, always

RULE = Rule(
    id="altered-column-collation",
    title="A column has another collation",
    changes=ALTERED,
    kinds=frozenset({"column"}),
    fields=frozenset({"collation"}),
    judge=always(Severity.WARNING, "its values sort, compare and match otherwise"),
)
