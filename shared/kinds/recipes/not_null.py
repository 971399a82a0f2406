"""Not-null constraints with something of their own (v18): a name, NO INHERIT, NOT VALID.

Both sides are looked at as states of one column, whichever of its objects brings the change up.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from shared.kinds.context import Context
from shared.kinds.hazards import blocks_all, breaks, scans
from shared.kinds.names import parent_name
from shared.kinds.recipes.column_sql import automatic_not_null
from shared.kinds.side import Side
from shared.kinds.step import Role, Step
from shared.schema.identity import ObjectId, QualifiedName
from shared.schema.relations import Column, Constraint
from shared.sql import quote_identifier, quote_literal, quote_qualified


class _State(msgspec.Struct, frozen=True):
    """How a column is held to be not null; `None` stands for: not at all."""

    name: str
    inherits: bool = True
    valid: bool = True


def create(constraint: Constraint, context: Context) -> list[Step]:
    """From what the column has to the declared constraint."""
    return _steps(constraint, context)


def drop(constraint: Constraint, context: Context) -> list[Step]:
    """From the constraint to what is declared; nothing where a constraint of another name brings that about."""
    if named(constraint, context.desired) is not None:
        return []
    return _steps(constraint, context)


def alter(desired: Constraint, context: Context) -> list[Step]:
    """From one state to the other under one name."""
    return _steps(desired, context)


def named(constraint: Constraint, side: Side) -> Constraint | None:
    """Give the constraint object that a side has for this column."""
    for other in side.constraints(QualifiedName(constraint.namespace, constraint.parent)):
        if other.type == "not_null" and other.columns == constraint.columns:
            return other
    return None


def is_stated(column: Column, side: Side) -> bool:
    """Say whether a side has a constraint object for this column's NOT NULL."""
    table = QualifiedName(column.namespace, column.parent)
    return any(c.type == "not_null" and c.columns == (column.name,) for c in side.constraints(table))


def passes_not_null(table: QualifiedName, column: str, side: Side) -> bool | None:
    """Say whether a table's column is not null, its children's too; None where there is no such column."""
    found = side.column(table, column)
    if found is None:
        return None
    stated = (c for c in side.constraints(table) if c.type == "not_null" and c.columns == (column,))
    return found.not_null and not any(" NO INHERIT" in constraint.definition for constraint in stated)


def keys_on(identity: ObjectId, side: Side) -> Iterator[ObjectId]:
    """Name the primary keys that keep PostgreSQL from dropping a not-null constraint ("column is in a primary key")."""
    constraint = side.find(Constraint, identity)
    if constraint is None or constraint.type != "not_null":
        return
    for other in side.constraints(QualifiedName(constraint.namespace, constraint.parent)):
        if other.type == "primary_key" and constraint.columns[0] in other.columns:
            yield other.identity


def _state(constraint: Constraint, side: Side) -> _State | None:
    own = named(constraint, side)
    if own is not None:
        return _State(own.name, " NO INHERIT" not in own.definition, own.validated)
    column = side.column(QualifiedName(constraint.namespace, constraint.parent), constraint.columns[0])
    if column is None or not column.not_null:
        return None
    return _State(automatic_not_null(constraint.parent, constraint.columns[0]))


def _is_inherited(constraint: Constraint, side: Side) -> bool:
    table = QualifiedName(constraint.namespace, constraint.parent)
    above = [side.column(parent, constraint.columns[0]) for parent in side.parents(table)]
    return any(column is not None and column.not_null for column in above)


def _steps(constraint: Constraint, context: Context) -> list[Step]:
    if _is_inherited(constraint, context.observed):
        return []  # "cannot rename inherited constraint": its name is the parent's affair
    what, column = parent_name(constraint), quote_identifier(constraint.columns[0])
    lock = (blocks_all(what),)
    wanted, present = _state(constraint, context.desired), _state(constraint, context.observed)
    if wanted is None and present is None:
        return []
    if wanted is None:
        assert present is not None
        sql = f"ALTER TABLE {what} DROP CONSTRAINT {quote_identifier(present.name)}"
        return [Step(Role.DROP, sql, (*lock, breaks("readers may meet NULL")), destructive=True)]
    name = quote_identifier(wanted.name)
    if present is None or (present.valid and not wanted.valid):
        steps = []
        if present is not None:
            old = f"ALTER TABLE {what} DROP CONSTRAINT {quote_identifier(present.name)}"
            steps.append(Step(Role.DROP, old, (*lock, breaks("readers may meet NULL"))))
        inherit = "" if wanted.inherits else " NO INHERIT"
        valid, hazards = ("", (*lock, scans(what))) if wanted.valid else (" NOT VALID", lock)
        sql = f"ALTER TABLE {what} ADD CONSTRAINT {name} NOT NULL {column}{inherit}{valid}"
        return [*steps, Step(Role.CREATE, sql, hazards)]
    return _in_place(what, wanted, present)


def _in_place(what: str, wanted: _State, present: _State) -> list[Step]:
    lock = (blocks_all(what),)
    old, name = quote_identifier(present.name), quote_identifier(wanted.name)
    steps = []
    if wanted.inherits != present.inherits:
        word = "INHERIT" if wanted.inherits else "NO INHERIT"
        steps.append(Step(Role.SET, f"ALTER TABLE {what} ALTER CONSTRAINT {old} {word}", lock))
    if wanted.name != present.name:
        steps.append(Step(Role.ALTER, f"ALTER TABLE {what} RENAME CONSTRAINT {old} TO {name}", lock))
    if wanted.valid and not present.valid:
        steps.append(Step(Role.VALIDATE, f"ALTER TABLE {what} VALIDATE CONSTRAINT {name}", (scans(what),)))
    return steps


_FIRST = 180000  # NOT NULL became a constraint with a name in v18
_RENAME = """BEGIN
IF EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conrelid = {table}::pg_catalog.regclass AND conname = {old}) THEN
{rename};
END IF;
END"""


def after_parting(table: QualifiedName, parent: QualifiedName, context: Context) -> list[Step]:
    """Give the constraints that a table has from a former parent, under the parent's names, names of their own.

    While they were inherited nobody read their names, so each is looked for first.
    """
    if context.observed.server_version < _FIRST:
        return []
    steps = []
    for column in context.desired.columns(table):
        above = context.observed.column(parent, column.name)
        if not column.not_null or is_stated(column, context.desired) or above is None or not above.not_null:
            continue
        if parent in context.desired.parents(table) and passes_not_null(parent, column.name, context.desired):
            continue  # it only lets go for a while
        own = [
            c.name for c in context.observed.constraints(parent) if c.type == "not_null" and c.columns == (column.name,)
        ]
        old = own[0] if own else automatic_not_null(parent.name, column.name)
        new = automatic_not_null(table.name, column.name)
        what = quote_qualified(table)
        rename = f"ALTER TABLE {what} RENAME CONSTRAINT {quote_identifier(old)} TO {quote_identifier(new)}"
        if old and new and old != new:
            body = _RENAME.format(table=quote_literal(what), old=quote_literal(old), rename=rename)
            steps.append(Step(Role.SET, f"DO {quote_literal(body)}", (blocks_all(what),)))
    return steps
