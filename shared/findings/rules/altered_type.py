"""`altered-type`: a domain, composite, range or base type of the same name is built otherwise."""

from __future__ import annotations

from shared.findings.finding import Severity
from shared.findings.rule import ALTERED, Rule, always

RULE = Rule(
    id="altered-type",
    title="A type is defined otherwise",
    changes=ALTERED,
    kinds=frozenset({"base_type", "composite_type", "domain_type", "range_type"}),
    judge=always(Severity.ERROR, "values and the services that decode them no longer fit"),
)
