"""Partitions and children that nobody declares and that stay: what they keep others from, and what they follow."""

from __future__ import annotations

import msgspec

from shared.diff.changes import Altered, Missing, SchemaDiff, Unexpected
from shared.kinds.recipes.bound_overlap import may_overlap
from shared.kinds.side import Side
from shared.remediation.mix import Mix
from shared.remediation.resting import parents_of
from shared.schema.identity import ObjectId, QualifiedName
from shared.schema.model import SchemaObject
from shared.schema.relations import Column, Constraint, ForeignTable, Index, Table
from shared.schema.schema import Snapshot

_Partition = Table | ForeignTable


def undo_partitions(mix: Mix, diff: SchemaDiff) -> None:
    """Leave out another partition key where a partition stays as it is, and partitions whose table keeps its key."""
    for change in diff.changes:
        if isinstance(change, Altered) and "partition_key" in change.fields:
            _undo_key(change, mix)
    for change in diff.changes:
        above = getattr(change.desired, "partition_of", None) if isinstance(change, Missing | Altered) else None
        if above is None:
            continue
        parent = ObjectId(kind="table", namespace=above.namespace, name=above.name)
        if parent in mix.withheld and change.identity not in mix.withheld:
            mix.leave_out(change, f"is to be a partition of {parent}, which stays as it is")
    for change in diff.changes:
        made = change.desired if isinstance(change, Missing | Altered) else None
        if (
            isinstance(made, Constraint)
            and made.type in ("primary_key", "unique")
            and change.identity not in mix.withheld
        ):
            table = ObjectId(kind="table", namespace=made.namespace, name=made.parent)
            kept = mix.withheld.get(table)
            if isinstance(kept, Altered) and {"partition_key", "partition_of"} & set(kept.fields):
                mix.leave_out(change, f"waits for {table}, whose partition key it has to hold")


def undo_parts(mix: Mix, desired: Snapshot, diff: SchemaDiff) -> None:
    """Leave out indexes and keys that are parts of a parent's that waits, or of tables that become no partitions."""
    side = Side(desired)
    changes = [change for change in diff.changes if isinstance(change, Missing | Altered)]
    for _ in changes:  # a part of a part waits too: at most as deep as there are changes
        found = [change for change in changes if change.identity not in mix.withheld and _is_part(change.desired)]
        waiting = [(change, reason) for change in found if (reason := _waits_for(change.desired, mix, side))]
        if not waiting:
            return
        for change, reason in waiting:
            mix.leave_out(change, reason)


def _is_part(made: SchemaObject) -> bool:
    return (isinstance(made, Index) and made.attached_to is not None) or (
        isinstance(made, Constraint) and made.partition_child
    )


def _waits_for(made: SchemaObject, mix: Mix, desired: Side) -> str:
    """Say what a part of a parent's index or key waits for; empty where it can come."""
    assert isinstance(made, Index | Constraint)
    on = made.table if isinstance(made, Index) else made.parent
    table = ObjectId(kind="table", namespace=made.namespace, name=on)
    waiting = mix.withheld.get(table)
    if isinstance(waiting, Altered) and "partition_of" in waiting.fields:
        return f"is a part of its parent's, and {table} stays as it is"
    if isinstance(made, Index):
        assert made.attached_to is not None
        above = ObjectId(kind="index", namespace=made.attached_to.namespace, name=made.attached_to.name)
    else:
        whole = desired.constraint_above(made)
        if whole is None:
            return ""
        above = whole.identity
    return f"is a part of {above}, which waits" if isinstance(mix.withheld.get(above), Missing | Altered) else ""


def _undo_key(change: Altered, mix: Mix) -> None:
    """Leave out another key where a partition keeps its bound, which is one of the present key."""
    table = QualifiedName(change.identity.namespace, change.identity.name)
    for identity in list(mix.withheld):
        staying = mix.objects.get(identity)
        if isinstance(staying, Table | ForeignTable) and staying.partition_of == table:
            mix.leave_out(change, f"gets no other partition key while {identity} stays as it is")


def undo_bounds(mix: Mix, desired: Snapshot, observed: Snapshot, diff: SchemaDiff) -> None:
    """Leave out partitions whose bound is another's that stays where it is, until no two are in each other's way."""
    sides = Side(desired), Side(observed)
    coming = [
        change for change in diff.changes if isinstance(change, Missing | Altered) and _place_of(change) is not None
    ]
    found = True
    while found:
        found = False
        for change in coming:
            place = change.desired
            assert isinstance(place, Table | ForeignTable)
            if change.identity in mix.withheld:
                continue
            stays = _in_the_way(place, mix, sides)
            if stays is not None:
                found = True
                mix.leave_out(change, f"wants rows of the bound of {stays.identity}, which stays a partition")


def _place_of(change: Missing | Altered) -> QualifiedName | None:
    """Name the table of which something is to be a partition, or one by another bound."""
    if not isinstance(change.desired, Table | ForeignTable):
        return None
    moved = isinstance(change, Missing) or {"partition_of", "partition_bound"} & set(change.fields)
    return change.desired.partition_of if moved else None


def _in_the_way(partition: _Partition, mix: Mix, sides: tuple[Side, Side]) -> _Partition | None:
    above = partition.partition_of
    assert above is not None
    kept = ObjectId(kind="table", namespace=above.namespace, name=above.name) in mix.withheld
    for identity in mix.withheld:
        other = mix.objects.get(identity)
        if not isinstance(other, Table | ForeignTable) or other.partition_of != above or identity == partition.identity:
            continue
        if may_overlap(partition, other, above, sides[1] if kept else sides[0]):
            return other
    return None


def follow_parents(mix: Mix) -> None:
    """Give children that nobody declares and that stay what comes to their parents: columns, and columns' types.

    Children that come get what their parents keep.
    """
    staying = [
        item
        for identity, item in mix.objects.items()
        if isinstance(item, Table | ForeignTable)
        and (identity not in mix.present or isinstance(mix.withheld.get(identity), Unexpected))
    ]
    for _ in staying:  # at most as deep as there are tables
        if not [table for table in staying if _follow(table, mix)]:
            return


def _follow(table: _Partition, mix: Mix) -> bool:
    changed = False
    above = {QualifiedName(parent.namespace, parent.name) for parent in parents_of(table)}
    columns = [c for c in mix.objects.values() if isinstance(c, Column)]
    for column in columns:
        if QualifiedName(column.namespace, column.parent) not in above:
            continue
        identity = msgspec.structs.replace(column.identity, namespace=table.namespace, parent=table.name)
        own = mix.objects.get(identity)
        if own is None:
            follower = msgspec.structs.replace(
                column, namespace=table.namespace, parent=table.name, local=False, inherited=True
            )
            mix.withheld[identity] = Unexpected(follower)
        elif isinstance(own, Column) and (own.type, own.collation) != (column.type, column.collation):
            follower = msgspec.structs.replace(own, type=column.type, collation=column.collation)
        elif isinstance(own, Column) and column.not_null > own.not_null and table.identity not in mix.present:
            follower = msgspec.structs.replace(own, not_null=True)
            mix.withheld[identity] = Altered(own, follower, ("not_null",))
        else:
            continue
        mix.objects[identity] = follower
        changed = True
    return _get_checks(table, above, mix) or changed


def _get_checks(table: _Partition, above: set[QualifiedName], mix: Mix) -> bool:
    """Give a table that comes the checks that its parents keep: ATTACH and INHERIT want them."""
    if table.identity in mix.present:
        return False
    kept = [
        change.observed
        for change in mix.withheld.values()
        if isinstance(change, Unexpected)
        and isinstance(change.observed, Constraint)
        and change.observed.type == "check"
        and not change.observed.definition.endswith(" NO INHERIT")
        and QualifiedName(change.observed.namespace, change.observed.parent) in above
    ]
    added = False
    for check in kept:
        follower = msgspec.structs.replace(
            check, namespace=table.namespace, parent=table.name, local=False, inherited=True
        )
        if follower.identity not in mix.objects:
            mix.objects[follower.identity] = follower
            mix.withheld[follower.identity] = Unexpected(follower)
            added = True
    return added
