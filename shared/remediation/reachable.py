"""Find the schema that a plan can reach without losing data: the desired one, with each destructive change undone."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from shared.diff.changes import Altered, Change, Missing, SchemaDiff, Unexpected
from shared.kinds import RECORDS
from shared.kinds.facts import ColumnType
from shared.kinds.lookup import tables
from shared.kinds.references import implied_references
from shared.kinds.slots import slots_of
from shared.remediation.resting import causes_of, parents_of, resting_on
from shared.schema.identity import ObjectId, QualifiedName
from shared.schema.model import SchemaObject
from shared.schema.relations import Column, Constraint
from shared.schema.schema import Dependency, Schema, Snapshot


def lossless_snapshot(
    desired: Snapshot, observed: Snapshot, diff: SchemaDiff, lossy: frozenset[ObjectId]
) -> tuple[Snapshot, list[Change]]:
    """Give the desired snapshot with each destructive change undone, and each change that cannot be made without one.

    Args:
        desired: Where to.
        observed: Where from.
        diff: Between them.
        lossy: Objects whose change is destructive.

    Returns:
        The snapshot that can be reached without losing data, and the changes that it leaves out.
    """
    objects = desired.schema.by_identity()
    present = observed.schema.by_identity()
    withheld: dict[ObjectId, Change] = {}
    for change in diff.changes:
        if change.identity in lossy and isinstance(change, Unexpected | Altered):
            withheld[change.identity] = change
            objects[change.identity] = present[change.identity]
    for change in list(causes_of(lossy, observed, diff)):
        _withhold(change, objects, present, withheld)
    _undo_users_of_types(objects, present, desired, diff, withheld)
    for change in list(resting_on(withheld, desired, observed, diff)):
        _withhold(change, objects, present, withheld)
    _keep_what_is_needed(objects, present, observed, diff, withheld)
    _undo_partitions(objects, present, diff, withheld)
    _undo_new_parents(objects, present, diff, withheld)
    _undo_conflicts(objects, diff, withheld)
    for change in list(resting_on(withheld, desired, observed, diff)):
        _withhold(change, objects, present, withheld)
    _keep_not_null(objects, present, withheld)
    edges = set(_edges(objects, desired, observed))
    orders = {(order.namespace, order.relation): order for order in (*observed.column_order, *desired.column_order)}
    snapshot = Snapshot(
        schema=Schema.of(objects.values()),
        server_version=observed.server_version,
        fingerprint="",
        column_order=tuple(sorted(orders.values())),
        not_null_names=desired.not_null_names,
        dependencies=tuple(sorted(_within(edges, objects))),
        fixed_extensions=observed.fixed_extensions,
    )
    return snapshot, list(withheld.values())


def _edges(objects: dict[ObjectId, SchemaObject], desired: Snapshot, observed: Snapshot) -> Iterable[Dependency]:
    """Give the dependencies of the mix: each object has those of the side whose definition it has here."""
    wanted, present = desired.schema.by_identity(), observed.schema.by_identity()
    for edges, own, other in ((desired.dependencies, wanted, present), (observed.dependencies, present, wanted)):
        for edge in edges:
            item = objects.get(edge.dependent)
            if item == own.get(edge.dependent) or item != other.get(edge.dependent):
                yield edge


def _within(edges: Iterable[Dependency], objects: dict[ObjectId, SchemaObject]) -> list[Dependency]:
    return [edge for edge in edges if edge.dependent in objects and edge.referenced in objects]


def _keep_what_is_needed(
    objects: dict[ObjectId, SchemaObject],
    present: dict[ObjectId, SchemaObject],
    observed: Snapshot,
    diff: SchemaDiff,
    withheld: dict[ObjectId, Change],
) -> None:
    """Keep unexpected objects that a kept object depends on: an unexpected table keeps its unexpected type."""
    changes = {change.identity: change for change in diff.changes}
    below: dict[ObjectId, list[ObjectId]] = {}
    for edge in observed.dependencies:
        below.setdefault(edge.dependent, []).append(edge.referenced)
    waiting = list(withheld)
    while waiting:
        for needed in below.get(waiting.pop(), ()):
            change = changes.get(needed)
            if isinstance(change, Unexpected) and needed not in withheld:
                withheld[needed] = change
                objects[needed] = present[needed]
                waiting.append(needed)


def _undo_users_of_types(
    objects: dict[ObjectId, SchemaObject],
    present: dict[ObjectId, SchemaObject],
    desired: Snapshot,
    diff: SchemaDiff,
    withheld: dict[ObjectId, Change],
) -> None:
    """Leave out changes of what uses a type that stays as it is: they may name what only the new type has (a label)."""
    kept = {identity for identity in withheld if RECORDS[identity.kind].column_type is ColumnType.CONVERTED}
    users = {edge.dependent for edge in desired.dependencies if edge.referenced in kept}
    for change in diff.changes:
        if change.identity not in users or change.identity in withheld:
            continue
        _withhold(change, objects, present, withheld)


def _withhold(
    change: Change,
    objects: dict[ObjectId, SchemaObject],
    present: dict[ObjectId, SchemaObject],
    withheld: dict[ObjectId, Change],
) -> None:
    withheld[change.identity] = change
    if isinstance(change, Altered | Unexpected):
        objects[change.identity] = present[change.identity]
    else:
        objects.pop(change.identity, None)


def _undo_partitions(
    objects: dict[ObjectId, SchemaObject],
    present: dict[ObjectId, SchemaObject],
    diff: SchemaDiff,
    withheld: dict[ObjectId, Change],
) -> None:
    """Leave out partitions of a table whose change to being partitioned, or to another key, is left out."""
    for change in diff.changes:
        above = getattr(change.desired, "partition_of", None) if isinstance(change, Missing | Altered) else None
        if above is None or ObjectId(kind="table", namespace=above.namespace, name=above.name) not in withheld:
            continue
        withheld.setdefault(change.identity, change)
        if isinstance(change, Altered):
            objects[change.identity] = present[change.identity]


def _undo_new_parents(
    objects: dict[ObjectId, SchemaObject],
    present: dict[ObjectId, SchemaObject],
    diff: SchemaDiff,
    withheld: dict[ObjectId, Change],
) -> None:
    """Leave out a new parent of a table where the parent keeps an unexpected column or check that the table lacks.

    So too where one of the two keeps a column's type, which is not the other's.
    """
    keeping = {(i.namespace, i.parent) for i, change in withheld.items() if isinstance(change, Unexpected)}
    typed = {i for i, change in withheld.items() if isinstance(change, Altered) and i.kind == "column"}
    altered = [change for change in diff.changes if isinstance(change, Altered)]
    waiting = set()
    for change in altered:
        own = QualifiedName(change.identity.namespace, change.identity.name)
        gained = set(parents_of(change.desired)) - set(parents_of(change.observed))
        unfit = any(_is_unfit(own, parent, typed, objects) for parent in gained)
        if unfit or any((parent.namespace, parent.name) in keeping for parent in gained):
            waiting.add((own.namespace, own.name))
    for change in altered:
        i = change.identity
        follows = i.kind == "column" and (i.namespace, i.parent) in waiting and "inherited" in change.fields
        if follows or (i.kind in tables() and (i.namespace, i.name) in waiting):
            withheld[i] = change
            objects[i] = present[i]


def _is_unfit(
    own: QualifiedName, parent: QualifiedName, typed: set[ObjectId], objects: dict[ObjectId, SchemaObject]
) -> bool:
    """Say whether a column that keeps its type is of another type in the parent."""
    for identity in typed:
        if (identity.namespace, identity.parent) not in ((own.namespace, own.name), (parent.namespace, parent.name)):
            continue
        both = [
            objects.get(ObjectId(kind="column", namespace=table.namespace, parent=table.name, name=identity.name))
            for table in (own, parent)
        ]
        types = {column.type for column in both if isinstance(column, Column)}
        if len(types) > 1:
            return True
    return False


def _undo_conflicts(objects: dict[ObjectId, SchemaObject], diff: SchemaDiff, withheld: dict[ObjectId, Change]) -> None:
    """Leave out missing objects whose name an unexpected object keeps, and all that depends on them."""
    kept = {identity for identity, change in withheld.items() if isinstance(change, Unexpected)}
    taken = {slot for identity in kept for slot in slots_of(objects[identity]) if slot[0] != "partition"}
    missing = [change for change in diff.changes if isinstance(change, Missing)]
    gone = {change.identity for change in missing if any(slot in taken for slot in slots_of(change.desired))}
    gone |= {change.identity for change in missing if change.identity in withheld}
    for change in missing:
        if change.identity in gone or any(below in gone for below in implied_references(change.desired)):
            gone.add(change.identity)
            objects.pop(change.identity, None)
            withheld[change.identity] = change


def _keep_not_null(
    objects: dict[ObjectId, SchemaObject], present: dict[ObjectId, SchemaObject], withheld: dict[ObjectId, Change]
) -> None:
    """Keep columns NOT NULL, declared or not, where a primary key or not-null constraint on them is kept."""
    for change in list(withheld.values()):
        if not isinstance(change, Unexpected) or not isinstance(change.observed, Constraint):
            continue
        key = change.observed
        for name in key.columns if key.type in ("primary_key", "not_null") else ():
            identity = ObjectId(kind="column", namespace=key.namespace, parent=key.parent, name=name)
            wanted, found = objects.get(identity), present.get(identity)
            if isinstance(wanted, Column) and isinstance(found, Column) and wanted.not_null != found.not_null:
                objects[identity] = msgspec.structs.replace(wanted, not_null=True)
                withheld[identity] = Altered(wanted, found, ("not_null",))
