"""`rls-disabled`: row-level security is declared on, or forced, and is not."""

from __future__ import annotations

from shared.diff.changes import Altered, Change
from shared.findings.finding import Severity
from shared.findings.rule import ALTERED, Rule, always
from shared.schema.relations import Table


def _applies(change: Change) -> bool:
    match change:
        case Altered(desired=Table() as desired, observed=Table() as observed):
            return (
                desired.row_security > observed.row_security or desired.force_row_security > observed.force_row_security
            )
        case _:
            return False


RULE = Rule(
    id="rls-disabled",
    title="Row-level security is off",
    changes=ALTERED,
    kinds=frozenset({"table"}),
    fields=frozenset({"force_row_security", "row_security"}),
    applies=_applies,
    judge=always(Severity.ERROR, "rows that policies should hide are open to every role that can read the table"),
)
