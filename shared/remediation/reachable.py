"""Find the schema that a plan can reach without losing data: the desired one, with each destructive change undone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import msgspec

from shared.diff.changes import Altered, Change, Missing, SchemaDiff, Unexpected
from shared.kinds import RECORDS
from shared.kinds.facts import ColumnType
from shared.kinds.lookup import tables
from shared.kinds.references import implied_references
from shared.kinds.slots import slots_of
from shared.remediation.mix import Mix
from shared.remediation.resting import causes_of, inherited_columns, parents_of, resting_on
from shared.remediation.staying import follow_parents, undo_bounds, undo_partitions, undo_parts
from shared.schema.identity import ObjectId, QualifiedName
from shared.schema.model import SchemaObject
from shared.schema.relations import Column, Constraint, Sequence, Table
from shared.schema.schema import Dependency, Schema, Snapshot


class Reachable(NamedTuple):
    """What can be reached, and what cannot.

    Args:
        snapshot: The schema that the plan leads to.
        withheld: The changes that it leaves out.
        reasons: Of those that are not destructive themselves, what is in the way: a clause.
    """

    snapshot: Snapshot
    withheld: list[Change]
    reasons: dict[ObjectId, str]


def lossless_snapshot(desired: Snapshot, observed: Snapshot, diff: SchemaDiff, lossy: frozenset[ObjectId]) -> Reachable:
    """Give the desired snapshot with each destructive change undone, and each change that cannot be made without one.

    Args:
        desired: Where to.
        observed: Where from.
        diff: Between them.
        lossy: Objects whose change is destructive.
    """
    mix = Mix(desired, observed)
    for change in diff.changes:
        if change.identity in lossy and isinstance(change, Unexpected | Altered):
            mix.leave_out(change)
    for change in list(causes_of(lossy, observed, diff)):
        mix.leave_out(change)
    _undo_users_of_types(mix, desired, diff)
    return _completed(mix, desired, observed, diff)


def without_blocked(
    desired: Snapshot, observed: Snapshot, diff: SchemaDiff, blocked: Mapping[ObjectId, str]
) -> Reachable:
    """Give the desired snapshot without the changes that no statement makes, and without what rests on them.

    Args:
        desired: Where to.
        observed: Where from.
        diff: Between them.
        blocked: What is in the way of each: a clause.
    """
    mix = Mix(desired, observed)
    for change in diff.changes:
        if change.identity in blocked:
            mix.leave_out(change, blocked[change.identity])
    return _completed(mix, desired, observed, diff)


def _completed(mix: Mix, desired: Snapshot, observed: Snapshot, diff: SchemaDiff) -> Reachable:
    """Leave out, too, what cannot be made without what is left out."""
    _undo_resting(mix, desired, observed, diff)
    _keep_what_is_needed(mix, observed, diff)
    undo_partitions(mix, diff)
    undo_bounds(mix, desired, observed, diff)
    _undo_identities(mix, diff)
    _undo_new_parents(mix, diff)
    undo_parts(mix, desired, diff)
    _undo_conflicts(mix, diff)
    _undo_resting(mix, desired, observed, diff)
    _keep_not_null(mix)
    _keep_logged(mix, observed)
    follow_parents(mix)
    edges = set(_edges(mix.objects, desired, observed))
    orders = {(order.namespace, order.relation): order for order in (*observed.column_order, *desired.column_order)}
    snapshot = Snapshot(
        schema=Schema.of(mix.objects.values()),
        server_version=observed.server_version,
        fingerprint="",
        column_order=tuple(sorted(orders.values())),
        not_null_names=desired.not_null_names,
        dependencies=tuple(sorted(_within(edges, mix.objects))),
        fixed_extensions=observed.fixed_extensions,
    )
    return Reachable(snapshot, list(mix.withheld.values()), mix.reasons)


def _undo_resting(mix: Mix, desired: Snapshot, observed: Snapshot, diff: SchemaDiff) -> None:
    for change, below in list(resting_on(mix.withheld, desired, observed, diff)):
        mix.leave_out(change, f"rests on {below}, which stays as it is")


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


def _keep_what_is_needed(mix: Mix, observed: Snapshot, diff: SchemaDiff) -> None:
    """Keep unexpected objects that a kept object depends on: an unexpected table keeps its unexpected type."""
    changes = {change.identity: change for change in diff.changes}
    below: dict[ObjectId, list[ObjectId]] = {}
    for edge in observed.dependencies:
        below.setdefault(edge.dependent, []).append(edge.referenced)
    for identity, parents in inherited_columns(observed):
        below.setdefault(identity, []).extend(parents)
    waiting = list(mix.withheld)
    while waiting:
        user = waiting.pop()
        for needed in below.get(user, ()):
            change = changes.get(needed)
            kept = isinstance(change, Unexpected) or _is_referred_key(change, mix.objects.get(user))
            if change is not None and kept and needed not in mix.withheld:
                mix.leave_out(change, f"is needed by {user}, which stays")
                waiting.append(needed)


def _is_referred_key(change: Change | None, user: SchemaObject | None) -> bool:
    """Say whether a key gets other columns than those that a foreign key refers to."""
    if not isinstance(change, Altered) or not isinstance(user, Constraint) or user.type != "foreign_key":
        return False
    key = change.desired
    return isinstance(key, Constraint) and set(key.columns) != set(user.referenced_columns)


def _undo_users_of_types(mix: Mix, desired: Snapshot, diff: SchemaDiff) -> None:
    """Leave out changes of what uses a type that stays as it is: they may name what only the new type has (a label)."""
    kept = {identity for identity in mix.withheld if RECORDS[identity.kind].column_type is ColumnType.CONVERTED}
    users = {edge.dependent: edge.referenced for edge in desired.dependencies if edge.referenced in kept}
    for change in diff.changes:
        if change.identity in users and change.identity not in mix.withheld:
            mix.leave_out(change, f"uses {users[change.identity]}, which stays as it is")


def _undo_identities(mix: Mix, diff: SchemaDiff) -> None:
    """Leave out the sequences of columns that do not become identity columns: they come with them."""
    for change in diff.changes:
        made = change.desired if isinstance(change, Missing) else None
        if not isinstance(made, Sequence) or not made.identity_of_column or made.owned_by_table is None:
            continue
        owner = made.owned_by_table
        column = ObjectId(kind="column", namespace=owner.namespace, parent=owner.name, name=made.owned_by_column)
        if column in mix.withheld and not getattr(mix.objects.get(column), "identity_mode", ""):
            mix.leave_out(change, f"comes with {column}, which stays as it is")


def _undo_new_parents(mix: Mix, diff: SchemaDiff) -> None:
    """Leave out a new parent of a table where the parent keeps an unexpected column or check that the table lacks.

    So too where one of the two keeps a column's type, which is not the other's.
    """
    keeping = {(i.namespace, i.parent): i for i, change in mix.withheld.items() if isinstance(change, Unexpected)}
    typed = {i for i, change in mix.withheld.items() if isinstance(change, Altered) and i.kind == "column"}
    altered = [change for change in diff.changes if isinstance(change, Altered)]
    waiting: dict[tuple[str, str], str] = {}
    for change in altered:
        own = QualifiedName(change.identity.namespace, change.identity.name)
        for parent in sorted(set(parents_of(change.desired)) - set(parents_of(change.observed))):
            stays = keeping.get((parent.namespace, parent.name))
            if stays is not None:
                waiting[own.namespace, own.name] = f"would have to have {stays}, which stays, to get its parent"
            elif _is_unfit(own, parent, typed, mix.objects):
                waiting[own.namespace, own.name] = (
                    f"has a column of another type than {parent}, which is to be above it"
                )
            elif change.identity in mix.withheld:
                waiting[own.namespace, own.name] = mix.reasons.get(change.identity, "")
    for change in altered:
        i = change.identity
        follows = i.kind == "column" and (i.namespace, i.parent) in waiting and "inherited" in change.fields
        if follows:
            mix.leave_out(change, "is its parent's only when its table has that parent")
        elif i.kind in tables() and (i.namespace, i.name) in waiting:
            mix.leave_out(change, waiting[i.namespace, i.name])


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


def _undo_conflicts(mix: Mix, diff: SchemaDiff) -> None:
    """Leave out missing objects whose name an unexpected object keeps, and all that depends on them."""
    kept = {identity for identity, change in mix.withheld.items() if isinstance(change, Unexpected)}
    taken = {slot: i for i in kept for slot in slots_of(mix.objects[i]) if slot[0] != "partition"}
    missing = [change for change in diff.changes if isinstance(change, Missing)]
    gone = {change.identity for change in missing if change.identity in mix.withheld}
    for change in missing:
        holders = [taken[slot] for slot in slots_of(change.desired) if slot in taken]
        if holders:
            gone.add(change.identity)
            mix.leave_out(change, f"takes the place of {holders[0]}, which stays")
    for change in missing:
        below = [reference for reference in implied_references(change.desired) if reference in gone]
        if change.identity in gone or below:
            gone.add(change.identity)
            mix.leave_out(change, f"rests on {below[0]}, which does not come" if below else "")


def _keep_logged(mix: Mix, observed: Snapshot) -> None:
    """Keep tables logged that a publication or a logged table names which stays: neither may name an unlogged one."""
    named = {e.referenced: e.dependent for e in observed.dependencies if e.dependent.kind == "publication"}
    for item in mix.present.values():
        if isinstance(item, Constraint) and item.references is not None and item.parent != item.references.name:
            table = ObjectId(kind="table", namespace=item.references.namespace, name=item.references.name)
            if item.identity in mix.withheld or table not in named:
                named[table] = item.identity
    for table, by in named.items():
        wanted, found = mix.objects.get(table), mix.present.get(table)
        if by not in mix.withheld or not isinstance(wanted, Table) or not isinstance(found, Table):
            continue
        if wanted.persistence == "unlogged" != found.persistence:
            reason = f"cannot be unlogged while {by} stays, which names it"
            mix.leave_out(Altered(wanted, found, ("persistence",)), reason)
            mix.objects[table] = msgspec.structs.replace(wanted, persistence=found.persistence)


def _keep_not_null(mix: Mix) -> None:
    """Keep columns NOT NULL, declared or not, where a primary key or not-null constraint on them is kept."""
    for change in list(mix.withheld.values()):
        if not isinstance(change, Unexpected) or not isinstance(change.observed, Constraint):
            continue
        key = change.observed
        for name in key.columns if key.type in ("primary_key", "not_null") else ():
            identity = ObjectId(kind="column", namespace=key.namespace, parent=key.parent, name=name)
            wanted, found = mix.objects.get(identity), mix.present.get(identity)
            if isinstance(wanted, Column) and isinstance(found, Column) and wanted.not_null != found.not_null:
                mix.leave_out(Altered(wanted, found, ("not_null",)), f"cannot hold NULL while {key.identity} stays")
                mix.objects[identity] = msgspec.structs.replace(wanted, not_null=True)
