"""`disabled-trigger`: a declared trigger, event trigger or rewrite rule is switched off."""

from __future__ import annotations

from shared.diff.changes import Altered, Change
from shared.findings.finding import Severity
from shared.findings.rule import ALTERED, Rule, always
from shared.schema.database import EventTrigger
from shared.schema.relations import Rule as RewriteRule
from shared.schema.relations import Trigger


def _applies(change: Change) -> bool:
    match change:
        case Altered(observed=Trigger() | EventTrigger() | RewriteRule() as observed):
            return observed.enabled == "disabled"
        case _:
            return False


RULE = Rule(
    id="disabled-trigger",
    title="A trigger or rule is disabled",
    changes=ALTERED,
    kinds=frozenset({"event_trigger", "rule", "trigger"}),
    fields=frozenset({"enabled"}),
    applies=_applies,
    judge=always(Severity.ERROR, "it is there but does nothing, writes go past it"),
)
