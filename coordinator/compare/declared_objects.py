"""The objects that a declaration declares, each with its place, and what of the declaration could not be read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from coordinator.iac.assignment import Assignment
from coordinator.iac.distinct_specs import DistinctSpec, distinct_specs
from coordinator.iac.ladder import ladder_of
from coordinator.iac.load import read_declaration
from coordinator.iac.reading import DeclaredTenant, Reading
from coordinator.iac.source import SourceError, each_error
from shared.analysis.scratch_server import LazyScratchServer, scratch_server
from shared.kinds import RECORDS
from shared.postgres.scratch import ScratchServer, compile_known
from shared.postgres.scratch.compile_known import anything
from shared.schema.identity import ObjectId
from shared.schema.model import SchemaObject
from shared.schema.profile import EVERYTHING
from shared.schema.routines import Routine
from shared.schema.schema import Carrier, Coverage, Origin, Spec


class DeclaredObject(msgspec.Struct, frozen=True, order=True, kw_only=True):
    """One object of the compiled declaration.

    Args:
        database: Which it is in; empty where the declaration does not say.
        tenant: Whose it is; empty: every tenant's.
        kind: `table`, `function`, …
        namespace, parent, name: What it is called; the parent is a column's table, say.
        origin: `FILE:LINE` that declares it.
        part: No statement of its own makes it: a column comes with its table.
    """

    database: str
    tenant: str
    kind: str
    namespace: str
    parent: str
    name: str
    origin: str
    part: bool = False


class DeclaredVersion(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a folder of migrations.

    Args:
        database: Which it is of; empty where the declaration does not say.
        tenants: Whose; empty: every tenant's.
        version, name: As the tool calls it.
        statements: How many a database at this version has had run.
    """

    database: str
    tenants: tuple[str, ...]
    version: str
    name: str
    statements: int


class DeclaredObjects(msgspec.Struct, frozen=True, kw_only=True):
    """What `iac objects` shows. A source that cannot be evaluated has errors and nothing else."""

    objects: tuple[DeclaredObject, ...] = ()
    unread: tuple[Carrier, ...] = ()
    tenants: tuple[DeclaredTenant, ...] = ()
    versions: tuple[DeclaredVersion, ...] = ()
    errors: tuple[SourceError, ...] = ()


async def declared_objects(path: Path, given: tuple[Assignment, ...]) -> DeclaredObjects:
    """Read a declaration and compile what it declares.

    Args:
        path: The source.
        given: Values of variables.
    """
    try:
        reading = read_declaration(path, given)
    except SourceError as error:
        return DeclaredObjects(errors=each_error(error))
    async with LazyScratchServer(lambda major: scratch_server(None, major=major)) as scratch:
        return await objects_of(reading, scratch)


async def objects_of(reading: Reading, scratch: ScratchServer) -> DeclaredObjects:
    """Compile what was read.

    Args:
        reading: Of a source.
        scratch: Where it is compiled.
    """
    objects: set[DeclaredObject] = set()
    versions: list[DeclaredVersion] = []
    unread = {carrier for carrier in reading.carriers if carrier.coverage is not Coverage.READ}
    for distinct in distinct_specs(reading):
        versions += _versions(distinct)
        if distinct.source.declarations:
            spec = await compile_known(scratch, distinct.source, EVERYTHING, excuse=anything)
            unread |= set(spec.source.unread)
            objects |= set(_objects(spec, distinct, reading))
    return DeclaredObjects(
        objects=tuple(sorted(objects)),
        unread=tuple(sorted(unread)),
        tenants=reading.tenants,
        versions=tuple(versions),
    )


def _versions(distinct: DistinctSpec) -> Iterator[DeclaredVersion]:
    ladder = ladder_of(distinct.pieces)
    for step in ladder.steps if ladder is not None else ():
        yield DeclaredVersion(
            database=distinct.database,
            tenants=distinct.tenants,
            version=step.version,
            name=step.name,
            statements=len(ladder.up_to(step.version)) if ladder is not None else 0,
        )


def _objects(spec: Spec, distinct: DistinctSpec, reading: Reading) -> Iterator[DeclaredObject]:
    places = _Places(spec, distinct)
    tenants = distinct.tenants
    for item in spec.schema:
        if not places.declares(item):
            continue
        at = places.of(item)
        database = places.database(at)
        alike = len(tenants) == len(reading.tenants)
        for tenant in ("",) if alike or at.address in places.shared else tenants:
            yield DeclaredObject(
                database=database,
                tenant=tenant,
                kind=item.type if isinstance(item, Routine) else item.kind,
                namespace=item.namespace,
                parent=item.identity.parent,
                name=item.name,
                origin=str(at),
                part=not places.has_own(item),
            )


class _Places:
    """Finds where the objects of a spec are declared, and for which database."""

    def __init__(self, spec: Spec, distinct: DistinctSpec) -> None:
        self._origins = {entry.identity: entry.origin for entry in spec.origins}
        self._first = spec.source.declarations[0].origin if spec.source.declarations else Origin("", 1)
        self._texts = [(item.sql, item.origin) for item in spec.source.declarations]
        self._databases = {piece.address: piece.destination.database for piece in distinct.pieces}
        self.shared = {piece.address for piece in distinct.pieces if not piece.tenant}

    def has_own(self, item: SchemaObject) -> bool:
        """Say whether a statement of its own makes an object."""
        return item.identity in self._origins

    def declares(self, item: SchemaObject) -> bool:
        """Say whether an object is there by declaration: `public` is in every database."""
        carried = item.kind == "namespace" or getattr(item, "of", "") == "namespace"
        return item.identity in self._origins or not (carried and item.name == "public")

    def of(self, item: SchemaObject) -> Origin:
        """Return where an object is declared; what comes with another stands where that does."""
        found = self._origins.get(item.identity) or self._carried(item)
        return found or next((at for sql, at in self._texts if item.name and item.name in sql), self._first)

    def _carried(self, item: SchemaObject) -> Origin | None:
        carriers: list[ObjectId] = list(RECORDS[item.kind].comes_with(item))
        return next((self._origins[each] for each in carriers if each in self._origins), None)

    def database(self, at: Origin) -> str:
        """Return the database that a declaration is sent to."""
        return self._databases.get(at.address, "")
