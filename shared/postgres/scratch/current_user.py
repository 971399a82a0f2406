"""Give the scratch role a name that is not random where a declaration names CURRENT_USER: policies, user mappings."""

from __future__ import annotations

import msgspec

from shared.kinds.lookup import facts_of
from shared.schema.database import UserMapping
from shared.schema.facets import CURRENT_USER
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
