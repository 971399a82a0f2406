"""What a tenant has and an incomplete declaration may declare: it is unverified, never unexpected, and it stays."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from shared.diff.changes import Change, SchemaDiff, Unexpected, Unverified
from shared.kinds import RECORDS
from shared.schema.identity import ObjectId, QualifiedName
from shared.schema.model import SchemaObject
from shared.schema.profile import EVERYTHING, Profile
from shared.schema.schema import Carrier, MayDeclare, Schema, Snapshot, SpecSource, told


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
    """Call unverified what is in the database and may be declared where the declaration could not be read.

    Args:
        diff: Desired against observed.
        unread: What of the declaration could not be read.
    """
    return SchemaDiff(tuple(_set_aside(change, unread) for change in diff.changes)) if unread else diff


def _set_aside(change: Change, unread: tuple[Carrier, ...]) -> Change:
    if not isinstance(change, Unexpected):
        return change
    carrier = next((each for each in unread if may_declare(each.may, change.observed)), None)
    if carrier is None:
        return change
    return Unverified(change.identity, f"may be declared by {carrier.origin}, which could not be read")


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
    """Give a schema with the objects of another one that were set aside: a plan neither drops nor forgets them.

    Args:
        desired: The declared schema.
        whole: What was read.
        kept: What of it was set aside.
    """
    if not kept:
        return desired
    there = {item.identity for item in desired.schema}
    added = [item for item in whole.schema if item.identity in kept and item.identity not in there]
    tables = {(item.namespace, item.name) for item in added}
    orders = {each for each in whole.column_order if (each.namespace, each.relation) in tables}
    known = {(each.namespace, each.relation) for each in orders}
    needs = {each for each in whole.dependencies if not kept.isdisjoint((each.dependent, each.referenced))}
    return msgspec.structs.replace(
        desired,
        schema=Schema.of([*desired.schema, *added]),
        column_order=tuple(
            sorted({*(each for each in desired.column_order if (each.namespace, each.relation) not in known), *orders})
        ),
        dependencies=tuple(sorted({*desired.dependencies, *needs})),
    )
