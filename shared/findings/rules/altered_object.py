"""`altered-object`: any other object differs, or differs in a field no other rule judges; the fallback."""

from __future__ import annotations

from shared.findings.finding import Severity
from shared.findings.rule import ALTERED, Rule, always

RULE = Rule(
    id="altered-object",
    title="An object is defined otherwise",
    changes=ALTERED,
    judge=always(Severity.WARNING, "it does not behave as declared"),
)
