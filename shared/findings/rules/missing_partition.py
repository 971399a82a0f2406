"""`missing-partition`: a declared partition is not in the database."""

from __future__ import annotations

from shared.diff.changes import Change, Missing
from shared.findings.finding import Severity
from shared.findings.rule import MISSING, Rule, always
from shared.schema.relations import ForeignTable, Table


def _applies(change: Change) -> bool:
    match change:
        case Missing(desired=Table(partition_of=parent) | ForeignTable(partition_of=parent)):
            return parent is not None
        case _:
            return False


RULE = Rule(
    id="missing-partition",
    title="A partition is missing",
    changes=MISSING,
    kinds=frozenset({"foreign_table", "table"}),
    applies=_applies,
    judge=always(Severity.ERROR, "rows that belong into it are refused, or land in the default partition"),
)
