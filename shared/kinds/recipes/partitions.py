"""Partitions: how they come to a partitioned table and leave it, and what they have from it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from shared.kinds.context import Context
from shared.kinds.hazards import blocks_all, blocks_writes, fails_on, scans
from shared.kinds.interim import bound_check
from shared.kinds.names import qualified
from shared.kinds.recipes.partition_bounds import bound_expression, key_columns
from shared.kinds.side import Side
from shared.kinds.step import Hazard, Role, Step
from shared.schema.identity import ObjectId, QualifiedName
from shared.schema.model import SchemaObject
from shared.schema.relations import Column, Constraint, ForeignTable, Index, Table
from shared.sql import quote_identifier, quote_qualified


class Check(NamedTuple):
    """A check that is there for a while.

    Args:
        at: The constraint.
        expression: What it says of every row.
        hazards: What it can meet.
    """

    at: ObjectId
    expression: str
    hazards: tuple[Hazard, ...] = ()


def attach(table: Table | ForeignTable, context: Context) -> list[Step]:
    """ATTACH PARTITION, once the partition is whole; online after checks that spare it the reading of rows."""
    above = table.partition_of
    if above is None:
        return []
    checks = _checks(table, context)
    before = context.observed.table(QualifiedName(table.namespace, table.name))
    # One that is moved was checked before it was detached: it is attached in the same transaction.
    moved = before is not None and before.partition_of is not None
    checking = [] if moved else _checking(checks)
    return [*checking, attach_step(table, above, context, checks), *(_uncheck(check.at) for check in checks)]


def attach_step(
    table: Table | ForeignTable, parent: QualifiedName, context: Context, checks: Sequence[Check] = ()
) -> Step:
    """Attach, under ACCESS EXCLUSIVE on the partition and on the default one; what has no check is read (ATTACH)."""
    what = qualified(table)
    proven = {(check.at.namespace, check.at.parent) for check in checks}
    hazards = [blocks_all(what)]
    kept = referenced_by(table, context.observed)  # a key that is there already becomes a part of the parent's
    hazards += [blocks_all(o) if o in kept else blocks_writes(o) for o in referenced_by(table, context.desired)]
    if (table.namespace, table.name) not in proven and not context.is_new(table.identity):
        hazards.append(scans(f"{what} unless a CHECK proves the bound"))
        hazards += _refused(table, parent, context)
    for other in _defaults_beside(table, parent, context):
        hazards.append(blocks_all(qualified(other)))
        if (other.namespace, other.name) not in proven:
            hazards.append(scans(qualified(other)))
            expression = bound_expression(table, context.desired)
            hazards.append(fails_on(qualified(other), expression or "that belong into the partition"))
    sql = f"ALTER TABLE ONLY {quote_qualified(parent)} ATTACH PARTITION {what} {table.partition_bound}"
    return Step(Role.ALTER, sql, tuple(hazards))


def _refused(table: Table | ForeignTable, parent: QualifiedName, context: Context) -> list[Hazard]:
    """Say which rows do not fit a bound that no check has proven; none where it is the table's bound already."""
    before = context.observed.table(QualifiedName(table.namespace, table.name))
    keys = [
        (side.table(parent), [(c.name, c.type) for c in key_columns(parent, side)])
        for side in (context.observed, context.desired)
    ]
    same_key = [(getattr(above, "partition_key", ""), columns) for above, columns in keys]
    held = before is not None and (before.partition_of, before.partition_bound) == (parent, table.partition_bound)
    if held and same_key[0] == same_key[1]:
        return []
    expression = bound_expression(table, context.desired)
    return [fails_on(qualified(table), f"NOT ({expression})" if expression else f"outside of {table.partition_bound}")]


def _defaults_beside(
    table: Table | ForeignTable, parent: QualifiedName, context: Context
) -> list[Table | ForeignTable]:
    return [
        other
        for other in context.observed.partitions[parent]
        if other.partition_bound == "DEFAULT" and other.identity != table.identity
    ]


def _checks(table: Table | ForeignTable, context: Context) -> list[Check]:
    """Give what spares ATTACH the reading of the partition, and of the default one, where both stay in use."""
    parent = table.partition_of
    if not context.online or parent is None or not _is_known(parent, context) or _others_leave(table, context):
        return []
    expression = bound_expression(table, context.desired)
    if expression is None:
        return []
    checks = []
    own = QualifiedName(table.namespace, table.name)
    if isinstance(table, Table) and not context.is_new(table.identity):
        refused = (fails_on(quote_qualified(own), f"NOT ({expression})"),)
        checks.append(Check(bound_check(own, table.name), expression, refused))
    for other in _defaults_beside(table, parent, context):
        if isinstance(other, Table) and other.identity not in context.drops:
            on = QualifiedName(other.namespace, other.name)
            refused = (fails_on(quote_qualified(on), expression),)
            checks.append(Check(bound_check(on, table.name), f"NOT ({expression})", refused))
    return checks


def _others_leave(table: Table | ForeignTable, context: Context) -> bool:
    """Say whether other partitions give up their bounds: to read rows between that and ATTACH would leave a gap."""
    before = context.observed.table(QualifiedName(table.namespace, table.name))
    parents = {table.partition_of, before.partition_of if before is not None else None} - {None}
    for other in (each for parent in parents if parent is not None for each in context.observed.partitions[parent]):
        after = context.desired.table(QualifiedName(other.namespace, other.name))
        place = (after.partition_of, after.partition_bound) if after is not None else None
        stays = place == (other.partition_of, other.partition_bound) and other.identity not in context.drops
        if other.identity != table.identity and not stays:
            return True
    return False


def _is_known(parent: QualifiedName, context: Context) -> bool:
    """Say whether the partitioned table is there before and after, with columns of the same types."""
    identity = ObjectId(kind="table", namespace=parent.namespace, name=parent.name)
    if identity in context.drops | context.creates:
        return False
    before, after = ({c.name: c.type for c in side.columns(parent)} for side in (context.observed, context.desired))
    return before == after


def _checking(checks: list[Check]) -> list[Step]:
    """Add each check without reading a row, then read the rows while nobody waits."""
    steps = []
    for at, expression, hazards in checks:
        what, name = _place(at)
        steps += [
            _uncheck(at),  # of a try that failed
            Step(
                Role.PREPARE,
                f"ALTER TABLE {what} ADD CONSTRAINT {name} CHECK ({expression}) NOT VALID",
                (blocks_all(what),),
                about=at,
            ),
            Step(Role.VALIDATE, f"ALTER TABLE {what} VALIDATE CONSTRAINT {name}", (scans(what), *hazards), about=at),
        ]
    return steps


def _uncheck(at: ObjectId) -> Step:
    what, name = _place(at)
    return Step(Role.SET, f"ALTER TABLE {what} DROP CONSTRAINT IF EXISTS {name}", (blocks_all(what),), about=at)


def _place(at: ObjectId) -> tuple[str, str]:
    return quote_qualified(QualifiedName(at.namespace, at.parent)), quote_identifier(at.name)


def release(
    desired: Table | ForeignTable, observed: Table | ForeignTable, parent: QualifiedName, context: Context
) -> list[Step]:
    """DETACH PARTITION: CONCURRENTLY where it stays alone, else in the transaction that attaches it again."""
    if desired.partition_of is not None:
        return [*_checking(_checks(desired, context)), detach_step(observed, parent, context)]
    expression = bound_expression(observed, context.observed)
    if expression is None or not may_detach_concurrently(observed, parent, context):
        return [detach_step(observed, parent, context)]
    # Without a check of its bound it would be given one, under a name of PostgreSQL's choice.
    check = bound_check(QualifiedName(observed.namespace, observed.name), observed.name)
    return [*_checking([Check(check, expression)]), detach_concurrently(observed, parent), _uncheck(check)]


def may_detach_concurrently(table: Table | ForeignTable, parent: QualifiedName, context: Context) -> bool:
    """Say whether DETACH … CONCURRENTLY is possible and wanted.

    PostgreSQL refuses it beside a DEFAULT partition. Where others come, one transaction lets them take the bounds that
    become free: no row is without a place meanwhile.
    """
    above = ObjectId(kind="table", namespace=parent.namespace, name=parent.name)
    before, after = context.observed.partitions[parent], context.desired.partitions[parent]
    default = any(other.partition_bound == "DEFAULT" for other in before)
    come = {(o.identity, o.partition_bound) for o in after} - {(o.identity, o.partition_bound) for o in before}
    return context.online and not default and not come and isinstance(table, Table) and above not in context.drops


def detach_concurrently(table: Table | ForeignTable, parent: QualifiedName) -> Step:
    """Detach in two transactions, so that nobody who reads or writes the partitioned table waits."""
    what = qualified(table)
    sql = f"ALTER TABLE {quote_qualified(parent)} DETACH PARTITION {what} CONCURRENTLY"
    return Step(Role.ALTER, sql, (blocks_all(what),), transactional=False)


def detach_step(table: Table | ForeignTable, parent: QualifiedName, context: Context) -> Step:
    """Detach in a transaction with other statements."""
    name, what = quote_qualified(parent), qualified(table)
    hazards = [blocks_all(name), blocks_all(what)]
    hazards += [blocks_writes(other) for other in referenced_by(table, context.observed)]
    return Step(Role.ALTER, f"ALTER TABLE ONLY {name} DETACH PARTITION {what}", tuple(hazards))


def referenced_by(table: Table | ForeignTable, side: Side) -> list[str]:
    """Name the tables to which a table's foreign keys refer: their triggers come and go with the keys."""
    own = QualifiedName(table.namespace, table.name)
    names = {c.references for c in side.constraints(own) if c.references is not None}
    return [quote_qualified(name) for name in sorted(names - {own})]


def attach_needs(table: Table | ForeignTable, context: Context) -> set[ObjectId]:
    """Everything on the partition, and its parent with columns and checks."""
    if table.partition_of is None:
        return set()
    own = QualifiedName(table.namespace, table.name)
    needs = {
        part.identity
        for part in context.desired.children[own]
        if part.kind == "column" or belongs_to_parent(part, context.desired)
    }
    needs |= {index.identity for index in context.desired.indexes[own] if belongs_to_parent(index, context.desired)}
    parent = context.desired.table(table.partition_of)
    if parent is not None:
        needs.add(parent.identity)
        needs |= {column.identity for column in context.desired.columns(table.partition_of)}
    return needs


def belongs_to_parent(part: SchemaObject, side: Side) -> bool:
    """Say whether ATTACH must find this on the partition.

    Other indexes must not be there yet: the parent's could take one of them for its part.
    """
    if isinstance(part, Constraint):
        below_index = any(reference.kind == "index" for reference in side.references[part.identity])
        mirrors = part.partition_child or below_index
        return part.type in ("check", "not_null") or (mirrors and part.type != "foreign_key")
    return isinstance(part, Index) and part.attached_to is not None


def comes_alone(column: Column, context: Context) -> bool:
    """Say whether no parent brings an inherited column to a table that stays: it gets it by a statement of its own.

    Its parents with that column are made anew meanwhile, or are yet to become its parents. One that it has already
    stays as it is, with its values, while the table is parted from one parent and given to another.
    """
    name = QualifiedName(column.namespace, column.parent)
    if not column.inherited or not _stays(name, context) or context.observed.column(name, column.name) is not None:
        return False
    bringing = [p for p in context.desired.parents(name) if context.desired.column(p, column.name) is not None]
    return bool(bringing) and not any(_stays_above(p, name, context) for p in bringing)


def _goes_alone(column: Column, context: Context) -> bool:
    """Say whether an inherited column stays on its table, which is parted from its parents, and is dropped there."""
    name = QualifiedName(column.namespace, column.parent)
    if not column.inherited or not _stays(name, context) or context.desired.column(name, column.name) is not None:
        return False
    had = [p for p in context.observed.parents(name) if context.observed.column(p, column.name) is not None]
    return bool(had) and not any(_stays_above(p, name, context) for p in had)


def _stays(name: QualifiedName, context: Context) -> bool:
    table = context.observed.table(name)
    return table is not None and table.identity not in context.drops | context.creates


def _stays_above(parent: QualifiedName, name: QualifiedName, context: Context) -> bool:
    both = parent in context.observed.parents(name) and parent in context.desired.parents(name)
    return both and _stays(parent, context)


def is_left_behind(part: SchemaObject, context: Context) -> bool:
    """Say whether a part of a parent's key, index or foreign key stays on its partition, which is detached first.

    So does a column that came with the parent's.
    """
    if isinstance(part, Column):
        return _goes_alone(part, context)
    if isinstance(part, Constraint) and part.partition_child:
        table = context.observed.table(QualifiedName(part.namespace, part.parent))
    elif isinstance(part, Index) and part.attached_to is not None:
        table = context.observed.table(QualifiedName(part.namespace, part.table))
    else:
        return isinstance(part, Constraint) and _is_inherited_no_more(part, context)
    if table is None or table.identity in context.drops:
        return False
    if isinstance(part, Constraint) and context.observed.constraint_above(part) is None:
        return True  # it has been left behind before, by a plan whose destructive part waited
    if table.partition_of is None:
        return False
    after = context.desired.table(QualifiedName(table.namespace, table.name))
    above = ObjectId(kind="table", namespace=table.partition_of.namespace, name=table.partition_of.name)
    return after is not None and (after.partition_of != table.partition_of or above in context.drops)


def _is_inherited_no_more(check: Constraint, context: Context) -> bool:
    """Say whether a check of a parent stays on a table that is parted from that parent."""
    name = QualifiedName(check.namespace, check.parent)
    table = context.observed.table(name)
    if check.type != "check" or check.local or not check.inherited or table is None or table.identity in context.drops:
        return False
    kept = [parent for parent in context.observed.parents(name) if _stays_above(parent, name, context)]
    return context.desired.table(name) is not None and not kept
