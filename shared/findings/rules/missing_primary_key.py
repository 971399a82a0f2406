"""`missing-primary-key`: a declared primary key is not on its table."""

from __future__ import annotations

from shared.diff.changes import Change, Missing
from shared.findings.finding import Severity
from shared.findings.rule import MISSING, Rule, always
from shared.schema.relations import Constraint


def _applies(change: Change) -> bool:
    return (
        isinstance(change, Missing) and isinstance(change.desired, Constraint) and change.desired.type == "primary_key"
    )


RULE = Rule(
    id="missing-primary-key",
    title="A primary key is missing",
    changes=MISSING,
    kinds=frozenset({"constraint"}),
    applies=_applies,
    judge=always(Severity.ERROR, "rows can repeat, and upserts and logical replication fail"),
)
