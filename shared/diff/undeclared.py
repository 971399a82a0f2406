"""What a tenant has and an incomplete declaration may declare: it is unverified, never drift, and it stays as it is.

What is missing is drift all the same: places that could not be read seldom drop what others make (docs/decisions/907).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

import msgspec

from shared.diff.changes import Altered, Change, Missing, SchemaDiff, Unexpected, Unverified
from shared.kinds import RECORDS
from shared.schema.identity import ObjectId, QualifiedName
from shared.schema.model import SchemaObject
from shared.schema.profile import EVERYTHING, Profile
from shared.schema.schema import Carrier, ColumnOrder, MayDeclare, Schema, Snapshot, SpecSource, told


def open_carriers(unread: Iterable[Carrier], profile: Profile) -> tuple[Carrier, ...]:
    """Return the carriers that leave something of a comparison open.

    One that can only declare what is not compared, such as roles, leaves nothing open.
    """
    compared = set(RECORDS) - (EVERYTHING.facets() - profile.facets())
    return tuple(each for each in unread if not each.may.kinds or compared.intersection(each.may.kinds))


def incomplete_because(source: SpecSource, profile: Profile) -> str:
    """Say in one sentence why a declaration is not complete; empty when it is, as far as it is compared."""
    found = open_carriers(source.unread, profile)
    if not found:
        return ""
    more = f" and {len(found) - 1} more" if len(found) > 1 else ""
    return f"the declaration could not be read whole: {told(found[0])}{more}"


def set_aside(diff: SchemaDiff, unread: tuple[Carrier, ...]) -> SchemaDiff:
    """Call unverified what is in the database and may be declared, or so altered, where nothing could be read.

    Args:
        diff: Desired against observed.
        unread: What of the declaration could not be read.
    """
    return SchemaDiff(tuple(_set_aside(change, unread) for change in diff.changes)) if unread else diff


def _set_aside(change: Change, unread: tuple[Carrier, ...]) -> Change:
    match change:
        case Unexpected(observed=item):
            may_be, candidates = "declared", unread
        case Altered(observed=item):
            may_be, candidates = "altered", tuple(each for each in unread if not each.may.only_new)
        case Missing() | Unverified():
            return change
        case _:
            assert_never(change)
    carrier = next((each for each in candidates if may_declare(each.may, item)), None)
    if carrier is None:
        return change
    return Unverified(change.identity, f"may be {may_be} by {carrier.origin}, which could not be read")


def needed_by_what_stays(diff: SchemaDiff, kept: frozenset[ObjectId], whole: Snapshot) -> tuple[Unverified, ...]:
    """Return what is unexpected and cannot be dropped, because something that was set aside needs it.

    Args:
        diff: What `set_aside` gave.
        kept: What was set aside.
        whole: What was read.

    Returns:
        Each with the reason why no plan drops it; sorted.
    """
    unexpected = {change.identity for change in diff.changes if isinstance(change, Unexpected)}
    below: dict[ObjectId, list[ObjectId]] = {}
    for each in whole.dependencies:
        if each.referenced in unexpected:
            below.setdefault(each.dependent, []).append(each.referenced)
    found: dict[ObjectId, Unverified] = {}
    waiting = sorted(kept)
    while waiting:
        dependent = waiting.pop()
        for referenced in below.get(dependent, ()):
            if referenced not in found:
                reason = f"{dependent} needs it, which may be declared where nothing could be read"
                found[referenced] = Unverified(referenced, reason)
                waiting.append(referenced)
    return tuple(found[identity] for identity in sorted(found))


def may_declare(may: MayDeclare, item: SchemaObject) -> bool:
    """Say whether an object is among what may be declared, by itself or by what it comes with."""
    if may.namespaces and (item.name if item.kind == "namespace" else item.namespace) not in may.namespaces:
        return False
    candidates = [item.identity, *RECORDS[item.kind].comes_with(item)]
    if may.kinds and not any(each.kind in may.kinds for each in candidates):
        return False
    return not may.objects or any(_is_named(name, each) for name in may.objects for each in candidates)


def _is_named(name: QualifiedName, identity: ObjectId) -> bool:
    return name.name in {identity.name, identity.parent} and name.namespace in {"", identity.namespace}


def with_set_aside(desired: Snapshot, whole: Snapshot, kept: frozenset[ObjectId]) -> Snapshot:
    """Give a schema with the objects of another one that were set aside: a plan neither alters nor forgets them.

    Args:
        desired: The declared schema.
        whole: What was read.
        kept: What of it was set aside.
    """
    if not kept:
        return desired
    stays = {item.identity: item for item in whole.schema if item.identity in kept}
    needs = {each for each in whole.dependencies if not stays.keys().isdisjoint((each.dependent, each.referenced))}
    declared = {each for each in desired.dependencies if each.dependent not in stays}
    return msgspec.structs.replace(
        desired,
        schema=Schema.of([*(item for item in desired.schema if item.identity not in stays), *stays.values()]),
        column_order=_orders_of_both(desired, whole, stays),
        dependencies=tuple(sorted({*declared, *needs})),
    )


def _orders_of_both(desired: Snapshot, whole: Snapshot, stays: Iterable[ObjectId]) -> tuple[ColumnOrder, ...]:
    """Give the order of columns of the declared relations, and of those that stay or have a column that stays."""
    touched = {(each.namespace, each.parent if each.kind == "column" else each.name) for each in stays}
    orders = {(each.namespace, each.relation): each for each in desired.column_order}
    for observed in whole.column_order:
        key = (observed.namespace, observed.relation)
        if key in touched:
            declared = orders[key].columns if key in orders else ()
            columns = tuple(dict.fromkeys((*observed.columns, *declared)))
            orders[key] = msgspec.structs.replace(observed, columns=columns)
    return tuple(sorted(orders.values()))
