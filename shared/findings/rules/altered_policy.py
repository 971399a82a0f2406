"""`altered-policy`: a row-level security policy of the same name says something else."""

from __future__ import annotations

from shared.findings.finding import Severity
from shared.findings.rule import ALTERED, Rule, always

RULE = Rule(
    id="altered-policy",
    title="A row-level security policy is defined otherwise",
    changes=ALTERED,
    kinds=frozenset({"policy"}),
    judge=always(Severity.ERROR, "rows are shown or hidden otherwise than declared"),
)
