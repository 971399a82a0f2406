"""Rebuild a schema in a scratch database, and read back how PostgreSQL spells it there."""

from __future__ import annotations

import msgspec

from shared.postgres.names.own_names import PLACEHOLDER, OwnNames
from shared.postgres.scratch.database import ScratchDatabase
from shared.postgres.scratch.errors import ScratchError
from shared.postgres.scratch.inert import InertScript, inert_script, other_objects, with_verbatim_texts
from shared.postgres.scratch.server import ScratchServer
from shared.remediation.plan import Statement
from shared.remediation.planner import create_script, restore_script
from shared.schema.canonical import schema_hash
from shared.schema.database import Extension, Namespace
from shared.schema.model import SchemaObject
from shared.schema.profile import Profile
from shared.schema.relations import Constraint, Index
from shared.schema.schema import Schema, Snapshot

_UNCHECKED = "SET check_function_bodies = off"
_MAX_ROUNDS = 3  # PostgreSQL may respell what it has spelt before; two rounds were enough in every case seen


class MaterialiseError(Exception):
    """A shape cannot be rebuilt on the scratch server; says which object and why."""


async def materialise(scratch: ScratchDatabase, snapshot: Snapshot) -> None:
    """Build the shape in an empty scratch database.

    Raises:
        MaterialiseError: When the scratch server refuses one of its objects.
    """
    target = _to_build(snapshot)
    await _build(scratch, inert_script(create_script(target), target), snapshot.surroundings)


async def _build(scratch: ScratchDatabase, script: InertScript, surroundings: tuple[str, ...]) -> None:
    # A body may name things without their namespace; which search path it will run under is not known here.
    await scratch.connection.execute(_UNCHECKED)
    if script.bodies:
        await scratch.open_second_session(_UNCHECKED)
    try:
        await scratch.run(surroundings)
    except ScratchError as error:
        raise MaterialiseError(f"what the namespace stands on cannot be rebuilt: {error}") from None
    await _run(scratch, script.statements)
    if script.bodies:
        await scratch.use_second_session()
        await _run(scratch, script.bodies)


async def _run(scratch: ScratchDatabase, statements: tuple[Statement, ...]) -> None:
    try:
        await scratch.run(statement.sql for statement in statements)
    except ScratchError as error:
        about = statements[error.number].object if error.number < len(statements) else "the shape"
        raise MaterialiseError(f"{about} cannot be rebuilt on the scratch server: {error}") from None


def surroundings_of(whole: Snapshot, namespace: str) -> tuple[str, ...]:
    """Give the statements that make what stands around a namespace.

    Args:
        whole: The database that the declaration makes.
        namespace: The tenant's in it.
    """
    own = Namespace(name=namespace).identity
    around = (item for item in whole.schema if item.namespace != namespace and item.identity != own)
    snapshot = msgspec.structs.replace(whole, schema=Schema(tuple(around)))
    return tuple(statement.sql for statement in create_script(_without_versions(snapshot)))


_OWN_NAMESPACE = Namespace(name=PLACEHOLDER)
_SHARED_NAMESPACE = Namespace(name="public")


def _is_namespace(snapshot: Snapshot) -> bool:
    """Say whether this is a tenant's namespace, and not a whole database."""
    return any(item.identity == _OWN_NAMESPACE.identity for item in snapshot.schema)


def _to_build(snapshot: Snapshot) -> Snapshot:
    """Give what is built: beside a tenant's namespace `public` is left alone, which scripts otherwise drop."""
    if not _is_namespace(snapshot):
        return _without_versions(snapshot)
    beside = (item for item in snapshot.schema if item.identity != _SHARED_NAMESPACE.identity)
    return msgspec.structs.replace(_without_versions(snapshot), schema=Schema.of((*beside, _SHARED_NAMESPACE)))


async def read_again(database: ScratchDatabase, profile: Profile, original: Snapshot) -> Snapshot:
    """Read what was built: of a tenant's namespace only that."""
    return await database.read(profile, OwnNames(namespace=PLACEHOLDER if _is_namespace(original) else ""))


def _without_versions(snapshot: Snapshot) -> Snapshot:
    # The scratch server has its own versions of the extensions; which one a tenant has is a fact, not a spelling.
    objects = (
        msgspec.structs.replace(item, version="") if isinstance(item, Extension) else item for item in snapshot.schema
    )
    return msgspec.structs.replace(snapshot, schema=Schema(tuple(objects)))


async def spell_until_stable(scratch: ScratchServer, snapshot: Snapshot, profile: Profile) -> Snapshot:
    """Have the scratch server spell a shape, until building it and reading it back changes nothing.

    Facts that are the tenant server's and not a spelling (extension versions, validity of indexes, migration versions)
    are kept.

    Raises:
        MaterialiseError: When it cannot be rebuilt.
        TargetError: When the scratch server fails.
    """
    if scratch.known_stable.has(snapshot, profile):
        return snapshot
    current = snapshot
    for _ in range(_MAX_ROUNDS):
        async with scratch.database() as database:
            # As a dump is restored, for a tenant that was restored from one is no other shape.
            target = _to_build(current)
            await _build(database, inert_script(restore_script(target), target), snapshot.surroundings)
            read = await read_again(database, profile, snapshot)
        if others := other_objects(read.schema, current.schema):
            raise MaterialiseError(f"the scratch server gave other objects than were built: {others}")
        respelt = _with_facts(read, snapshot)
        if schema_hash(respelt.schema) == schema_hash(current.schema):
            scratch.known_stable.add(respelt, profile)
            return respelt
        current = respelt
    return current


def _with_facts(read: Snapshot, original: Snapshot) -> Snapshot:
    facts = original.schema.by_identity()
    return msgspec.structs.replace(
        read,
        schema=Schema(tuple(with_tenants_fact(item, facts.get(item.identity)) for item in read.schema)),
        server_version=original.server_version,
        fingerprint=original.fingerprint,
        versions=original.versions,
        column_order=original.column_order,
        unmodelled=original.unmodelled,
        surroundings=original.surroundings,
    )


def with_tenants_fact(item: SchemaObject, original: SchemaObject | None) -> SchemaObject:
    """Give an object with what only the tenant's server knows: texts, an extension's version, an index' validity."""
    item = with_verbatim_texts(item, original)
    match item, original:
        case Extension(), Extension(version=version):
            return msgspec.structs.replace(item, version=version)
        case Index(), Index(valid=False):
            return msgspec.structs.replace(item, valid=False)
        case Constraint(), Constraint(index_valid=False):
            return msgspec.structs.replace(item, index_valid=False)
    return item
