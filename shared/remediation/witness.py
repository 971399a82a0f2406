"""Write the SQL condition that a stage of a plan has been run.

A stage is one transaction, so one object that it makes or removes shows whether all of it has been run.
"""

from __future__ import annotations

from collections.abc import Iterable

from shared.diff.changes import ChangeKind
from shared.kinds import RECORDS
from shared.kinds.existence import CONSTRAINT_NOT_VALIDATED
from shared.kinds.interim import not_null_check
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


def trace_of(statements: Iterable[Statement]) -> str | None:
    """Write the SQL condition that these statements have been run; None where they make and remove no object."""
    for statement in statements:
        if statement.role is Role.VALIDATE and statement.object.kind == "column":
            # Its check, which is dropped again once the column is NOT NULL.
            return f"NOT {CONSTRAINT_NOT_VALIDATED.format(**_place(not_null_check(statement.object)))}"
        made = statement.change is ChangeKind.MISSING and statement.role in (Role.CREATE, Role.REPLACE)
        gone = statement.change is ChangeKind.UNEXPECTED and statement.role is Role.DROP
        condition = existence(statement.object) if made or gone else None
        if condition is not None:
            return condition if made else f"NOT {condition}"
    return None
