"""Write the SQL condition that a stage of a plan has been run.

A stage is one transaction: it has been run when all that it makes is there and all that it removes is gone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from shared.diff.changes import ChangeKind
from shared.kinds import RECORDS
from shared.kinds.existence import CONSTRAINT_NOT_VALIDATED
from shared.kinds.interim import not_null_check
from shared.kinds.lookup import tables
from shared.kinds.naming import designation
from shared.kinds.step import Role
from shared.remediation.plan import Statement
from shared.schema.identity import ObjectId
from shared.sql import quote_literal


def existence(identity: ObjectId) -> str | None:
    """Write the SQL condition that an object exists; None for kinds that have no such condition."""
    template = RECORDS[identity.kind].exists
    if template is None:
        return None
    return template.format(**_place(identity), designation=quote_literal(designation(identity)))


def _place(identity: ObjectId) -> dict[str, str]:
    return {
        "namespace": quote_literal(identity.namespace),
        "parent": quote_literal(identity.parent),
        "name": quote_literal(identity.name),
    }


def trace_of(statements: Sequence[Statement], others: Iterable[Statement] = ()) -> str | None:
    """Write the SQL condition that these statements have been run.

    What one of them makes, another statement may have made before (ATTACH makes a partition's part of a key), or
    somebody by hand: so all that they make has to be there, and all that they remove has to be gone.

    Args:
        statements: Of one transaction.
        others: Of the plan's other transactions. What those make or remove as well is no trace.

    Returns:
        None where they make and remove no object.
    """
    elsewhere = {place for other in others if other.role in _MOVES for place in _places(other.object)}
    found: dict[ObjectId, str] = {}
    made: set[tuple[str, str]] = set()
    for statement in statements:
        i = statement.object
        if statement.role is Role.VALIDATE and i.kind == "column":
            # Its check, which is dropped again once the column is NOT NULL.
            return f"NOT {CONSTRAINT_NOT_VALIDATED.format(**_place(not_null_check(i)))}"
        condition = _trace(statement)
        if condition is None or elsewhere & set(_places(i)) or (i.namespace, i.parent) in made:
            continue
        found[i] = condition
        if statement.change is ChangeKind.MISSING and i.kind in tables():
            made.add((i.namespace, i.name))  # what hangs on a table that comes cannot be there without it
    return "\n    AND ".join(found.values()) or None


_MOVES = frozenset({Role.CREATE, Role.REPLACE, Role.DROP})


def _trace(statement: Statement) -> str | None:
    """Write the SQL condition that one statement has been run."""
    made = statement.change is ChangeKind.MISSING and statement.role in (Role.CREATE, Role.REPLACE)
    gone = statement.change is ChangeKind.UNEXPECTED and statement.role is Role.DROP
    condition = existence(statement.object) if made or gone else None
    return condition if condition is None or made else f"NOT {condition}"


def _places(identity: ObjectId) -> Iterator[tuple[str, str, str]]:
    """Give the names that only one object can have; the index behind a key has the key's."""
    yield identity.namespace, identity.parent, identity.name
    if identity.kind == "constraint":
        yield identity.namespace, "", identity.name
