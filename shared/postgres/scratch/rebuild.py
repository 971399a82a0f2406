"""Rebuild a schema in a scratch database, and read back how PostgreSQL spells it there."""

from __future__ import annotations

import msgspec

from shared.kinds.side import Side
from shared.postgres.names.own_names import PLACEHOLDER, OwnNames
from shared.postgres.scratch.database import ScratchDatabase
from shared.postgres.scratch.errors import ScratchError
from shared.postgres.scratch.inert import InertScript, inert_script, with_verbatim_texts
from shared.postgres.scratch.server import ScratchServer
from shared.postgres.scratch.unbuilt import Unbuilt, blamed, sorted_unbuilt, spread, with_dependents, without
from shared.remediation.plan import Statement
from shared.remediation.planner import create_script, restore_script
from shared.schema.canonical import schema_hash
from shared.schema.database import Extension, Namespace
from shared.schema.identity import ObjectId
from shared.schema.model import SchemaObject
from shared.schema.profile import Profile
from shared.schema.relations import Constraint, Index, MaterializedView
from shared.schema.schema import Schema, Snapshot

_UNCHECKED = "SET check_function_bodies = off"
_CANCELED = "57014"  # a statement that did not end in time: others would not either
_MAX_REFUSED = 1000  # statements of one shape that are refused; beyond, the shape as a whole is
_MAX_ATTEMPTS = 6  # what is left out can make others fail: a partition key without its column, say
_MAX_ROUNDS = 3  # PostgreSQL may respell what it has spelt before; two rounds were enough in every case seen


class MaterialiseError(Exception):
    """A shape cannot be rebuilt on the scratch server; says which object and why."""


async def materialise(scratch: ScratchDatabase, snapshot: Snapshot) -> None:
    """Build the shape in an empty scratch database.

    Raises:
        MaterialiseError: When the scratch server refuses one of its objects.
    """
    target = _to_build(snapshot)
    script = inert_script(create_script(target), target)
    await _begin(scratch, script, snapshot.surroundings)
    await _run(scratch, script.statements)
    if script.bodies:
        await scratch.use_second_session()
        await _run(scratch, script.bodies)


async def build_with_stubs(scratch: ScratchDatabase, snapshot: Snapshot) -> None:
    """Build the shape in an empty scratch database, and leave its routines with stub bodies: rows may be put in.

    Raises:
        MaterialiseError: As `materialise`.
    """
    target = _to_build(snapshot)
    script = inert_script(create_script(target), target)
    await _begin(scratch, InertScript(script.statements, ()), snapshot.surroundings)
    await _run(scratch, script.statements)


async def _begin(scratch: ScratchDatabase, script: InertScript, surroundings: tuple[str, ...]) -> None:
    # A body may name things without their namespace; which search path it will run under is not known here.
    await scratch.connection.execute(_UNCHECKED)
    if script.bodies:
        await scratch.open_second_session(_UNCHECKED)
    try:
        await scratch.run(surroundings)
    except ScratchError as error:
        raise MaterialiseError(f"what the namespace stands on cannot be rebuilt: {error}") from None


async def _build_what_can_be(
    scratch: ScratchDatabase, target: Snapshot, surroundings: tuple[str, ...]
) -> dict[ObjectId, str]:
    """Build a shape as a dump is restored, for a tenant that was restored from one is no other shape.

    Returns:
        What was refused, with the reason; what depends on it was left out.
    """
    refused = _Refused(target)
    script = inert_script(restore_script(target), target)
    await _begin(scratch, script, surroundings)
    await refused.run(scratch, script.statements)
    if script.bodies:
        await scratch.use_second_session()
        await refused.run(scratch, script.bodies)
    return refused.causes


class _Refused:
    """Runs the statements that make a shape, and goes on after those that the scratch server refuses."""

    def __init__(self, target: Snapshot) -> None:
        self.causes: dict[ObjectId, str] = {}
        self._side = Side(target)
        self._left_out: set[ObjectId] = set()

    async def run(self, scratch: ScratchDatabase, statements: tuple[Statement, ...]) -> None:
        """Run statements but those about what was refused.

        Raises:
            MaterialiseError: When too many are refused, or one does not end in time.
        """
        while True:
            statements = tuple(each for each in statements if each.object not in self._left_out)
            try:
                await scratch.run(statement.sql for statement in statements)
            except ScratchError as error:
                self._note(error, statements[error.number])
                statements = statements[error.number + 1 :]
            else:
                return

    def _note(self, error: ScratchError, statement: Statement) -> None:
        reason = f"{statement.object} cannot be rebuilt on the scratch server: {error}"
        cause = blamed(error, statement.object, self._side)
        hopeless = error.sqlstate == _CANCELED or len(self.causes) >= _MAX_REFUSED
        if hopeless or cause not in self._side.objects:
            raise MaterialiseError(reason) from None
        self.causes[cause] = reason
        self._left_out |= spread(self._side, {cause: reason, statement.object: reason}).keys()


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


class Spelt(msgspec.Struct, frozen=True):
    """A shape as the scratch server spells it.

    Args:
        snapshot: All of it; what could not be rebuilt is spelt as it was read.
        unbuilt: What could not be rebuilt, with what depends on it; sorted.
    """

    snapshot: Snapshot
    unbuilt: tuple[Unbuilt, ...] = ()


async def spell(scratch: ScratchServer, snapshot: Snapshot, profile: Profile) -> Spelt:
    """Have the scratch server spell a shape, until building it and reading it back changes nothing.

    Facts that are the tenant server's and not a spelling (extension versions, validity of indexes, migration versions)
    are kept.

    Raises:
        MaterialiseError: When so much of it cannot be rebuilt that nothing can be said of the rest.
        TargetError: When the scratch server fails.
    """
    if scratch.known_stable.has(snapshot, profile):
        return Spelt(snapshot)
    causes: dict[ObjectId, str] = {}
    for _ in range(_MAX_ATTEMPTS):
        unbuilt = with_dependents(snapshot, causes)
        spelt, refused = await _spell_all(scratch, without(snapshot, unbuilt), profile)
        if spelt is not None:
            if not unbuilt:
                return Spelt(spelt)
            as_read = (item for item in snapshot.schema if item.identity in unbuilt)
            whole = msgspec.structs.replace(
                spelt,
                schema=Schema.of((*spelt.schema, *as_read)),
                not_null_names=snapshot.not_null_names,
                dependencies=snapshot.dependencies,
            )
            return Spelt(whole, sorted_unbuilt(unbuilt))
        causes |= refused
    raise MaterialiseError(next(iter(causes.values())))


async def _spell_all(
    scratch: ScratchServer, snapshot: Snapshot, profile: Profile
) -> tuple[Snapshot | None, dict[ObjectId, str]]:
    """Spell a shape as `spell` does; give None and the reasons when a part of it is refused."""
    current = snapshot
    for _ in range(_MAX_ROUNDS):
        async with scratch.database() as database:
            refused = await _build_what_can_be(database, _to_build(current), snapshot.surroundings)
            if refused:
                return None, refused
            read = await read_again(database, profile, snapshot)
        if lost := _lost(read.schema, current.schema):
            return None, lost
        respelt = _with_facts(read, snapshot)
        if schema_hash(respelt.schema) == schema_hash(current.schema):
            scratch.known_stable.add(respelt, profile)
            return respelt, {}
        current = respelt
    return current, {}


def _lost(read: Schema, built: Schema) -> dict[ObjectId, str]:
    """Name the objects that a rebuilt copy lacks, each with the reason.

    Raises:
        MaterialiseError: When it has others than were built: nothing is known of such a copy.
    """
    there, wanted = ({item.identity for item in schema} for schema in (read, built))
    if appeared := sorted(there - wanted):
        named = ", ".join(f"{identity} appeared" for identity in appeared)
        raise MaterialiseError(f"the scratch server gave other objects than were built: {named}")
    return {identity: f"{identity} vanishes when it is rebuilt" for identity in sorted(wanted - there)}


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
        fixed_extensions=original.fixed_extensions,
        extension_members=original.extension_members,
    )


def with_tenants_fact(item: SchemaObject, original: SchemaObject | None) -> SchemaObject:
    """Give an object with what only the tenant's server knows: texts, an extension's version, what is valid."""
    item = with_verbatim_texts(item, original)
    match item, original:
        case Extension(), Extension(version=version):
            return msgspec.structs.replace(item, version=version)
        case Index(), Index(valid=False):
            return msgspec.structs.replace(item, valid=False)
        case MaterializedView(), MaterializedView(populated=populated):  # no query is run for a copy
            return msgspec.structs.replace(item, populated=populated)
        case Constraint(), Constraint(index_valid=False):
            return msgspec.structs.replace(item, index_valid=False)
        case Constraint(), Constraint(enforced=False):  # only a superuser can disable those triggers
            return msgspec.structs.replace(item, enforced=False)
    return item
