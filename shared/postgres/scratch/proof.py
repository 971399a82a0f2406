"""Rebuild a shape on the scratch server, spell it there, and see a plan work before anybody is told it does."""

from __future__ import annotations

import msgspec

from shared.diff.compare import diff_schemas
from shared.postgres.names.own_names import PLACEHOLDER, OwnNames
from shared.postgres.scratch.server import ScratchDatabase, ScratchError, ScratchServer
from shared.remediation.plan import Plan, Proof, ProofStatus, Statement
from shared.remediation.planner import create_script, plan_remediation, restore_script
from shared.schema.canonical import schema_hash
from shared.schema.database import Extension, Namespace
from shared.schema.model import SchemaObject
from shared.schema.profile import Profile
from shared.schema.relations import Constraint, Index
from shared.schema.schema import Schema, Snapshot

_ROUNDS = 3  # a deparse is not a fixpoint of itself; two rounds settle every case seen


class MaterialiseError(Exception):
    """A shape cannot be rebuilt on the scratch server; says which object and why."""


async def materialise(scratch: ScratchDatabase, snapshot: Snapshot) -> None:
    """Build the shape in an empty scratch database.

    Raises:
        MaterialiseError: When the scratch server refuses one of its objects.
    """
    await _build(scratch, create_script(_to_build(snapshot)), snapshot.surroundings)


async def _build(scratch: ScratchDatabase, statements: tuple[Statement, ...], surroundings: tuple[str, ...]) -> None:
    # A body may name things without their namespace; which search path it will run under is not known here.
    await scratch.connection.execute("SET check_function_bodies = off")
    try:
        await scratch.run(surroundings)
    except ScratchError as error:
        raise MaterialiseError(f"what the namespace stands on cannot be rebuilt: {error}") from None
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


async def settle(scratch: ScratchServer, snapshot: Snapshot, profile: Profile) -> Snapshot:
    """Have the scratch server spell a shape, until building it and reading it back changes nothing.

    Facts that are the tenant server's and not a spelling (extension versions, validity of indexes, migration versions)
    are kept.

    Raises:
        MaterialiseError: When it cannot be rebuilt.
        TargetError: When the scratch server fails.
    """
    current = snapshot
    for _ in range(_ROUNDS):
        async with scratch.database() as database:
            # As a dump is restored, for a tenant that was restored from one is no other shape.
            await _build(database, restore_script(_to_build(current)), snapshot.surroundings)
            read = await read_again(database, profile, snapshot)
        settled = _with_facts(read, snapshot)
        if schema_hash(settled.schema) == schema_hash(current.schema):
            return settled
        current = settled
    return current


def _with_facts(read: Snapshot, original: Snapshot) -> Snapshot:
    facts = original.schema.by_identity()
    return msgspec.structs.replace(
        read,
        schema=Schema(tuple(_with_fact(item, facts.get(item.identity)) for item in read.schema)),
        server_version=original.server_version,
        fingerprint=original.fingerprint,
        versions=original.versions,
        column_order=original.column_order,
        unmodelled=original.unmodelled,
        surroundings=original.surroundings,
    )


def _with_fact(item: SchemaObject, original: SchemaObject | None) -> SchemaObject:
    match item, original:
        case Extension(), Extension(version=version):
            return msgspec.structs.replace(item, version=version)
        case Index(), Index(valid=False):
            return msgspec.structs.replace(item, valid=False)
        case Constraint(), Constraint(index_valid=False):
            return msgspec.structs.replace(item, index_valid=False)
    return item


class Trial(msgspec.Struct, frozen=True):
    """What came of running a plan on a copy.

    Args:
        proof: Whether it led to its end.
        after: What was read then; None when it did not come so far.
    """

    proof: Proof
    after: Snapshot | None = None


async def prove(scratch: ScratchServer, desired: Snapshot, observed: Snapshot, plan: Plan, profile: Profile) -> Trial:
    """Apply a plan to a copy of the observed shape and compare what is there then with the desired one.

    Args:
        scratch: Where it is tried.
        desired: The spec, settled.
        observed: The shape, settled.
        plan: Made for exactly these two.
        profile: Which facets are compared.

    Returns:
        Proven when nothing differs afterwards but what `plan.remaining` says, and planning again gives nothing.

    Raises:
        TargetError: When the scratch server fails.
    """
    async with scratch.database() as database:
        try:
            await materialise(database, observed)
        except MaterialiseError as error:
            return Trial(Proof(ProofStatus.NOT_ATTEMPTED, str(error)))
        try:
            await database.run(statement.sql for statement in plan.statements)
        except ScratchError as error:
            about = plan.statements[error.number].object
            return Trial(Proof(ProofStatus.UNPROVEN, f"the statement for {about} failed: {error}"))
        read = await read_again(database, profile, observed)
    after = _with_extension_versions(read, desired, observed, plan)
    return Trial(_judged(desired, after, plan, profile), after)


def _with_extension_versions(after: Snapshot, desired: Snapshot, observed: Snapshot, plan: Plan) -> Snapshot:
    """Extension versions are what they were, unless the plan changed them, which the scratch server has let it do."""
    touched = {statement.object for statement in plan.statements}
    was, wanted = observed.schema.by_identity(), desired.schema.by_identity()

    def versioned(item: SchemaObject) -> SchemaObject:
        fact = (wanted if item.identity in touched else was).get(item.identity)
        return _with_fact(item, fact) if isinstance(item, Extension) else item

    return msgspec.structs.replace(after, schema=Schema(tuple(map(versioned, after.schema))))


def _judged(desired: Snapshot, after: Snapshot, plan: Plan, profile: Profile) -> Proof:
    left = diff_schemas(desired.schema, after.schema)
    allowed = {change.identity for change in plan.remaining}
    for change in left.changes:
        if change.identity not in allowed:
            return Proof(ProofStatus.UNPROVEN, f"after the plan, {change.identity} still differs")
    again = plan_remediation(desired, after, left, destructive=False, profile=profile)
    if again.statements:
        return Proof(ProofStatus.UNPROVEN, f"planning again still wants to touch {again.statements[0].object}")
    return Proof(ProofStatus.PROVEN)
