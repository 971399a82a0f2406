"""`invalid-index`: an index exists but PostgreSQL does not use it (a concurrent build failed half-way)."""

from __future__ import annotations

from shared.diff.changes import Altered, Change
from shared.findings.finding import Severity
from shared.findings.rule import ALTERED, Rule, always
from shared.schema.relations import Constraint, Index


def _applies(change: Change) -> bool:
    match change:
        case Altered(observed=Index(valid=False) | Constraint(index_valid=False)):
            return True
        case _:
            return False


RULE = Rule(
    id="invalid-index",
    title="An index is invalid",
    changes=ALTERED,
    kinds=frozenset({"constraint", "index"}),
    fields=frozenset({"index_valid", "valid"}),
    applies=_applies,
    judge=always(Severity.ERROR, "queries do not use it, it keeps nothing unique, and every write still pays for it"),
)
