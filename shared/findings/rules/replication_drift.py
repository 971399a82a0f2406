"""`replication-drift`: a publication or subscription is missing, undeclared or defined otherwise."""

from __future__ import annotations

from shared.findings.finding import Severity
from shared.findings.rule import PRESENT_OR_NOT, Rule, always

RULE = Rule(
    id="replication-drift",
    title="Other replication",
    changes=PRESENT_OR_NOT,
    kinds=frozenset({"publication", "subscription"}),
    judge=always(Severity.ERROR, "copies downstream miss rows or stop"),
)
