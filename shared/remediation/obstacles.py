"""What is in the way of a change: what no statement can do, and what waits for something that stays as it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from shared.diff.changes import Altered, SchemaDiff, Unexpected
from shared.kinds.lookup import relations
from shared.kinds.recipes.bound_overlap import is_hashed
from shared.remediation.plan import Obstacle
from shared.schema.identity import ObjectId
from shared.schema.relations import ForeignTable, Index, Table


def ways_that_are_blocked(diff: SchemaDiff) -> dict[ObjectId, str]:
    """Say of each change that no statement makes what is in its way: a clause whose subject is the object.

    Rows are never moved between tables: a hash partition of another modulus or remainder would refuse those it has.
    """
    blocked, parents = {}, set()
    for change in diff.changes:
        if not isinstance(change, Altered) or "partition_bound" not in change.fields:
            continue
        before, after = change.observed, change.desired
        assert isinstance(before, Table | ForeignTable)
        assert isinstance(after, Table | ForeignTable)
        if before.partition_of == after.partition_of and is_hashed(before) and is_hashed(after):
            parents.add(after.partition_of)
            blocked[change.identity] = f"has rows that other partitions of {after.partition_of} are to hold, {_NO_MOVE}"
    for change in diff.changes:
        item = change.observed if isinstance(change, Unexpected) else None
        if isinstance(item, Table | ForeignTable) and item.partition_of in parents:
            blocked[item.identity] = f"has rows that other partitions of {item.partition_of} are to hold, {_NO_MOVE}"
    return blocked | _parts_of(blocked, diff)


def _parts_of(blocked: Mapping[ObjectId, str], diff: SchemaDiff) -> dict[ObjectId, str]:
    """Give what stays with undeclared tables that stay, and why."""
    parts: dict[ObjectId, str] = {}
    for change in diff.changes:
        if isinstance(change, Unexpected):
            on = [*_carriers(change.identity)]
            if isinstance(change.observed, Index):
                on.append(ObjectId(kind="table", namespace=change.identity.namespace, name=change.observed.table))
            parts.update((change.identity, blocked[table]) for table in on if table in blocked)
    return parts


_NO_MOVE = "and no plan moves rows between tables: make the partitioned table anew and copy them"


def obstacles(reasons: Mapping[ObjectId, str]) -> Iterator[Obstacle]:
    """Give the obstacles, sorted; what is said of, or hangs on, something that has one of its own is left out."""
    for identity in sorted(reasons):
        if reasons[identity] and not any(carrier in reasons for carrier in _carriers(identity)):
            yield Obstacle(identity, reasons[identity])


def _carriers(identity: ObjectId) -> Iterator[ObjectId]:
    if identity.of:
        yield replace(identity, kind=identity.of, of="")
    if identity.parent:
        yield from (ObjectId(kind=kind, namespace=identity.namespace, name=identity.parent) for kind in relations())
