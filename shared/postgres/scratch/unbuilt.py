"""What a scratch server cannot rebuild of a shape, and what depends on that: the rest is rebuilt without it."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping

import msgspec

from shared.kinds.lookup import tables
from shared.kinds.side import Side
from shared.postgres.scratch.errors import ScratchError
from shared.schema.identity import ObjectId, QualifiedName
from shared.schema.schema import Schema, Snapshot
from shared.sql import quote_identifier


class Unbuilt(msgspec.Struct, frozen=True, order=True):
    """An object that the scratch server cannot rebuild, and why; for people."""

    object: ObjectId
    reason: str


def with_dependents(snapshot: Snapshot, causes: Mapping[ObjectId, str]) -> dict[ObjectId, str]:
    """Give what cannot be rebuilt with all that depends on it, and the reason for each.

    Args:
        snapshot: The whole shape.
        causes: What was refused, and in which words.
    """
    return spread(Side(snapshot), causes) if causes else {}


def spread(side: Side, causes: Mapping[ObjectId, str]) -> dict[ObjectId, str]:
    """Give what `with_dependents` gives, for a shape that is indexed already."""
    found = dict(sorted((identity, reason) for identity, reason in causes.items() if identity in side.objects))
    waiting = list(found)
    while waiting:
        below = waiting.pop()
        for dependent in sorted(side.dependents[below] - found.keys()):
            found[dependent] = found[below]
            waiting.append(dependent)
    return found


def without(snapshot: Snapshot, left_out: Container[ObjectId]) -> Snapshot:
    """Give a shape without some of its objects."""
    kept = tuple(item for item in snapshot.schema if item.identity not in left_out)
    return msgspec.structs.replace(snapshot, schema=Schema(kept))


def sorted_unbuilt(*reasons: Mapping[ObjectId, str]) -> tuple[Unbuilt, ...]:
    """Give what several shapes have that cannot be rebuilt, each object once."""
    merged: dict[ObjectId, str] = {}
    for each in reasons:
        merged = {**each, **merged}
    return tuple(sorted(Unbuilt(identity, reason) for identity, reason in merged.items()))


def by_object(unbuilt: Iterable[Unbuilt]) -> dict[ObjectId, str]:
    """Index the reasons by the object."""
    return {each.object: each.reason for each in unbuilt}


def blamed(error: ScratchError, about: ObjectId, side: Side) -> ObjectId:
    """Say which object is to blame for a refused statement: of CREATE TABLE the column that the message points at."""
    if about.kind not in tables() or not error.position:
        return about
    before = error.sql[: error.position]
    found = about
    latest = -1
    for column in side.columns(QualifiedName(about.namespace, about.name)):
        place = before.rfind(f"{quote_identifier(column.name)} ")
        if place > latest:
            latest, found = place, column.identity
    return found
