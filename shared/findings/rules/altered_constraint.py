"""`altered-constraint`: a constraint of the same name says something else."""

from __future__ import annotations

from shared.findings.finding import Severity
from shared.findings.rule import ALTERED, Rule, always

RULE = Rule(
    id="altered-constraint",
    title="A constraint is defined otherwise",
    changes=ALTERED,
    kinds=frozenset({"constraint", "domain_constraint"}),
    judge=always(Severity.ERROR, "it accepts or refuses other rows than declared"),
)
