"""`unexpected-partition`: a partition is in the database and declared nowhere."""

from __future__ import annotations

from shared.diff.changes import Change, Unexpected
from shared.findings.finding import Severity
from shared.findings.rule import UNEXPECTED, Rule, always
from shared.schema.relations import ForeignTable, Table


def _applies(change: Change) -> bool:
    match change:
        case Unexpected(observed=Table(partition_of=parent) | ForeignTable(partition_of=parent)):
            return parent is not None
        case _:
            return False


RULE = Rule(
    id="unexpected-partition",
    title="A partition nobody declared",
    changes=UNEXPECTED,
    kinds=frozenset({"foreign_table", "table"}),
    applies=_applies,
    judge=always(
        Severity.INFO, "a scheduled job usually made it; declare how partitions are made, or ignore them by pattern"
    ),
)
