"""Not-null constraints with a name of their own (v18). Where the column stays NOT NULL only the name changes."""

from __future__ import annotations

from shared.remediation.hazards import blocks_all, scans
from shared.remediation.kinds.column_sql import automatic_not_null
from shared.remediation.naming import parent_name
from shared.remediation.recipe import Context, Step
from shared.remediation.side import Side
from shared.schema.identity import QualifiedName
from shared.schema.relations import Column, Constraint
from shared.sql import quote_identifier


def create(constraint: Constraint, context: Context) -> list[Step]:
    """ADD CONSTRAINT, or RENAME CONSTRAINT of what the column has already."""
    column = _column(constraint, context.observed)
    if column is None or not column.not_null or not constraint.validated or "NO INHERIT" in constraint.definition:
        what = parent_name(constraint)
        hazards = (blocks_all(what), *((scans(what),) if constraint.validated else ()))
        name = quote_identifier(constraint.name)
        return [Step(f"ALTER TABLE {what} ADD CONSTRAINT {name} {constraint.definition}", hazards)]
    named = _named(constraint, context.observed)
    old = named.name if named is not None else automatic_not_null(constraint.parent, constraint.columns[0])
    return _rename(constraint, old, constraint.name)


def drop(constraint: Constraint, context: Context) -> list[Step]:
    """DROP CONSTRAINT, or back to the automatic name; nothing where another name follows."""
    column = _column(constraint, context.desired)
    if column is None or not column.not_null:
        what = parent_name(constraint)
        sql = f"ALTER TABLE {what} DROP CONSTRAINT {quote_identifier(constraint.name)}"
        return [Step(sql, (blocks_all(what),), destructive=True)]
    if _named(constraint, context.desired) is not None:
        return []
    return _rename(constraint, constraint.name, automatic_not_null(constraint.parent, constraint.columns[0]))


def _column(constraint: Constraint, side: Side) -> Column | None:
    return side.column(QualifiedName(constraint.namespace, constraint.parent), constraint.columns[0])


def _named(constraint: Constraint, side: Side) -> Constraint | None:
    for other in side.constraints(QualifiedName(constraint.namespace, constraint.parent)):
        if other.type == "not_null" and other.columns == constraint.columns:
            return other
    return None


def _rename(constraint: Constraint, old: str, new: str) -> list[Step]:
    if not old or not new or old == new:
        return []
    what = parent_name(constraint)
    sql = f"ALTER TABLE {what} RENAME CONSTRAINT {quote_identifier(old)} TO {quote_identifier(new)}"
    return [Step(sql, (blocks_all(what),))]
