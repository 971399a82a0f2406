"""Policies and user mappings for CURRENT_USER: the tenant has them for whoever ran the declaration."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from shared.schema.database import UserMapping
from shared.schema.facets import CURRENT_USER
from shared.schema.identity import ObjectId
from shared.schema.model import SchemaObject
from shared.schema.relations import Policy
from shared.schema.schema import Schema, Snapshot


def as_made_by_somebody(desired: Snapshot, observed: Snapshot) -> Snapshot:
    """Give the desired schema with the role of the tenant where it names whoever runs it.

    Where several roles may be meant nothing is guessed: the declared one is missing then, and the others unexpected.
    """
    if not any(_for_whoever(item) for item in desired.schema):
        return desired
    declared, present = desired.schema.by_identity(), observed.schema.by_identity()
    items = (_named(item, declared, present) if _for_whoever(item) else item for item in desired.schema)
    return msgspec.structs.replace(desired, schema=Schema.of(items))


def _for_whoever(item: SchemaObject) -> bool:
    match item:
        case UserMapping(signature=role):
            return role == CURRENT_USER
        case Policy(roles=roles):
            return CURRENT_USER in roles
        case _:
            return False


def _named(
    item: SchemaObject, declared: Mapping[ObjectId, SchemaObject], present: Mapping[ObjectId, SchemaObject]
) -> SchemaObject:
    found = present.get(item.identity)
    if isinstance(item, Policy) and isinstance(found, Policy):
        return _policy(item, found)
    if isinstance(item, UserMapping) and found is None:
        others = [
            each.signature
            for identity, each in present.items()
            if isinstance(each, UserMapping) and each.name == item.name and identity not in declared
        ]
        return msgspec.structs.replace(item, signature=others[0]) if len(others) == 1 else item
    return item


def _policy(desired: Policy, observed: Policy) -> Policy:
    others = sorted(set(observed.roles) - set(desired.roles))
    if CURRENT_USER in observed.roles or len(others) != 1:
        return desired
    roles = (others[0] if role == CURRENT_USER else role for role in desired.roles)
    return msgspec.structs.replace(desired, roles=tuple(sorted(roles)))
