"""Give the roles that made a scratch database names that every server has: CURRENT_USER, the database's owner."""

from __future__ import annotations

import msgspec

from shared.kinds.lookup import facts_of
from shared.schema.database import UserMapping
from shared.schema.facets import CURRENT_USER, DATABASE_OWNER, Owner
from shared.schema.identity import ObjectId
from shared.schema.model import SchemaObject
from shared.schema.schema import Schema, Snapshot


def with_current_user(snapshot: Snapshot, role: str) -> Snapshot:
    """Give a schema with `{current_user}` for the role that made it.

    Owners, grants and default privileges need it not: there it is the database's owner.

    Args:
        snapshot: Read from a scratch database.
        role: The scratch role.
    """
    renamed: dict[ObjectId, SchemaObject] = {}
    for item in snapshot.schema:
        changes = _changes(item, role)
        if changes:
            renamed[item.identity] = msgspec.structs.replace(item, **changes)
    if not renamed:
        return snapshot
    named = {old: new.identity for old, new in renamed.items()}
    dependencies = {
        msgspec.structs.replace(
            each,
            dependent=named.get(each.dependent, each.dependent),
            referenced=named.get(each.referenced, each.referenced),
        )
        for each in snapshot.dependencies
    }
    return msgspec.structs.replace(
        snapshot,
        schema=Schema.of(renamed.get(item.identity, item) for item in snapshot.schema),
        dependencies=tuple(sorted(dependencies)),
    )


def with_one_owner(snapshot: Snapshot, role: str) -> Snapshot:
    """Give a schema in which nothing is the administrator's: what it had to make belongs to the database's owner.

    Args:
        snapshot: Read from a scratch database.
        role: The administrator, or nothing where it has made nothing.
    """
    owners = {item.identity for item in snapshot.schema if isinstance(item, Owner) and item.role == role}
    if not role or not owners:
        return snapshot
    items = (
        msgspec.structs.replace(item, role=DATABASE_OWNER)
        if isinstance(item, Owner) and item.identity in owners
        else item
        for item in snapshot.schema
    )
    return msgspec.structs.replace(snapshot, schema=Schema(tuple(items)))


def _changes(item: SchemaObject, role: str) -> dict[str, object]:
    found: dict[str, object] = {}
    for field in facts_of(item.kind).roles_in:
        value = getattr(item, field, None)
        if value == role:
            found[field] = CURRENT_USER
        elif isinstance(value, tuple) and role in value:
            found[field] = tuple(sorted(CURRENT_USER if each == role else each for each in value))
    # Of a mapping of anybody else's PostgreSQL would show no options (`pg_user_mappings`).
    return {**found, "options": ()} if found and isinstance(item, UserMapping) else found
