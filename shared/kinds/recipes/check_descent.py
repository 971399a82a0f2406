"""Whether a table states a check that it inherits anyway: it then keeps the check when its parent drops it."""

from __future__ import annotations

from collections.abc import Iterator

from shared.kinds.context import Context
from shared.kinds.hazards import blocks_all, scans
from shared.kinds.lookup import tables
from shared.kinds.names import parent_name
from shared.kinds.side import Side
from shared.kinds.step import Role, Step
from shared.schema.identity import ObjectId, QualifiedName
from shared.schema.relations import Constraint
from shared.sql import quote_identifier


def change_descent(desired: Constraint, observed: Constraint, context: Context) -> list[Step]:
    """State an inherited check, or state it no more.

    PostgreSQL takes a statement back only together with the check, so the parent's is made anew around it. Nothing is
    done for other constraints, nor where the parent inherits the check itself or is not the only one to have it.
    """
    if desired.type != "check" or not (desired.inherited and observed.inherited) or desired.local == observed.local:
        return []
    if desired.local:
        return [_add(desired)]  # "merging constraint with inherited definition"
    above = _above(observed, context)
    if len(above) != 1 or above[0].inherited or above[0].identity in context.drops:
        return []
    return [_drop(above[0]), _drop(observed), _add(above[0])]


def _above(constraint: Constraint, context: Context) -> list[Constraint]:
    parents = context.desired.parents(QualifiedName(constraint.namespace, constraint.parent))
    every = (other for parent in parents for other in context.desired.constraints(parent))
    return [other for other in every if other.type == "check" and other.name == constraint.name]


def _add(constraint: Constraint) -> Step:
    what = parent_name(constraint)
    sql = f"ALTER TABLE {what} ADD CONSTRAINT {quote_identifier(constraint.name)} {constraint.definition}"
    return Step(Role.ALTER, sql, (blocks_all(what), scans(what)))


def _drop(constraint: Constraint) -> Step:
    what = parent_name(constraint)
    sql = f"ALTER TABLE {what} DROP CONSTRAINT {quote_identifier(constraint.name)}"
    return Step(Role.ALTER, sql, (blocks_all(what),))


def checks_beside(table: QualifiedName, side: Side) -> Iterator[ObjectId]:
    """Name the checks of a table and of those below it: SET EXPRESSION of a virtual column is refused beside any."""
    yield from (c.identity for c in side.constraints(table) if c.type == "check")
    above = side.table(table)
    for identity in sorted(side.dependents[above.identity]) if above is not None else ():
        if identity.kind in tables():
            yield from checks_beside(QualifiedName(identity.namespace, identity.name), side)
    for partition in side.partitions[table]:
        yield from checks_beside(QualifiedName(partition.namespace, partition.name), side)
