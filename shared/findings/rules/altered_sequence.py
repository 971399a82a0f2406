"""`altered-sequence`: type, bounds, increment, cache, cycle or owner of a sequence differ."""

from __future__ import annotations

from shared.findings.finding import Severity
from shared.findings.rule import ALTERED, Rule, always

RULE = Rule(
    id="altered-sequence",
    title="A sequence is set up otherwise",
    changes=ALTERED,
    kinds=frozenset({"sequence"}),
    judge=always(Severity.WARNING, "it hands out other numbers, or ends sooner"),
)
