"""A schema and what is known beside it. If it is in `Schema` it is hashed; what must not be hashed is in `Snapshot`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum

import msgspec

from shared.schema.identity import ObjectId, QualifiedName
from shared.schema.model import SchemaObject


class Schema(msgspec.Struct, frozen=True):
    """All objects of one tenant, sorted by identity and free of duplicates: a non-canonical Schema cannot exist.

    Use `Schema.of` to build one from objects in any order.

    Raises:
        ValueError: When the objects are not sorted or an identity occurs twice.
    """

    objects: tuple[SchemaObject, ...] = ()

    def __post_init__(self) -> None:
        previous: ObjectId | None = None
        for item in self.objects:
            identity = item.identity
            if previous is not None and not previous < identity:
                raise ValueError(f"a schema must be sorted and duplicate-free: {identity} follows {previous}")
            previous = identity

    @classmethod
    def of(cls, objects: Iterable[SchemaObject]) -> Schema:
        """Build the canonical schema of these objects.

        Raises:
            ValueError: When two objects have the same identity.
        """
        return cls(tuple(sorted(objects, key=lambda item: item.identity)))

    def __iter__(self) -> Iterator[SchemaObject]:
        return iter(self.objects)

    def by_identity(self) -> dict[ObjectId, SchemaObject]:
        """Index the objects by identity."""
        return {item.identity: item for item in self.objects}


class ColumnOrder(msgspec.Struct, frozen=True, order=True):
    """The columns of one relation in their order. Not drift, but `SELECT *` and CREATE TABLE need it."""

    namespace: str
    relation: str
    columns: tuple[str, ...]


class NotNullName(msgspec.Struct, frozen=True, order=True):
    """What an inherited NOT NULL is called (v18) where that is not its parent's name. Not drift, but dumps show it."""

    namespace: str
    relation: str
    column: str
    name: str


class Dependency(msgspec.Struct, frozen=True, order=True):
    """`dependent` cannot stand without `referenced` (`pg_depend`, both sides mapped to modelled objects)."""

    dependent: ObjectId
    referenced: ObjectId


class SchemaVersion(msgspec.Struct, frozen=True, order=True):
    """What a migration tool's own table says of a tenant.

    Args:
        tool: `sqlx`, `diesel`, `refinery`, `flyway`, `atlas`, `alembic`, `golang-migrate`, `goose` or `liquibase`.
        version: The newest applied version, as the tool spells it; or the one that failed half-way.
        dirty: True when the tool's table says that a migration failed half-way.
    """

    tool: str
    version: str
    dirty: bool = False


class Unmodelled(msgspec.Struct, frozen=True, order=True):
    """Objects PostgreSQL has and no query reads: never silent."""

    catalog: str
    count: int


class ExtensionMember(msgspec.Struct, frozen=True, order=True):
    """An object that belongs to an extension, and is not in the schema therefore."""

    extension: str
    identity: ObjectId


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """The observed schema with the facts of one read.

    Args:
        schema: What was read.
        server_version: `server_version_num`, 150018 for 15.18.
        fingerprint: Its name: the hash of what was read, made by the reader (`canonical.snapshot_name`).
        versions: What the migration tables said.
        column_order: Per relation, sorted.
        not_null_names: Of partitions and children, sorted.
        dependencies: Sorted.
        unmodelled: Sorted; empty when everything was read.
        fixed_extensions: Names of extensions that cannot be moved to another namespace, sorted.
        extension_members: Routines, relations and types that belong to extensions, sorted. Of a whole database only.
        surroundings: Statements that make what a namespace stands on outside of itself (extensions, shared tables), as
            the declaration has it; without them it could not be rebuilt. Empty for a whole database.
    """

    schema: Schema
    server_version: int
    fingerprint: str
    versions: tuple[SchemaVersion, ...] = ()
    column_order: tuple[ColumnOrder, ...] = ()
    not_null_names: tuple[NotNullName, ...] = ()
    dependencies: tuple[Dependency, ...] = ()
    unmodelled: tuple[Unmodelled, ...] = ()
    surroundings: tuple[str, ...] = ()
    fixed_extensions: tuple[str, ...] = ()
    extension_members: tuple[ExtensionMember, ...] = ()


class Origin(msgspec.Struct, frozen=True, order=True, omit_defaults=True):
    """Where something is declared.

    Args:
        file: Path relative to the spec's root.
        line: 1-based.
        address: The IaC address that carries the SQL (`module.fleet["a"].sql_migrate.schema`), or empty.
    """

    file: str
    line: int
    address: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


class Declaration(msgspec.Struct, frozen=True):
    """One SQL statement of the spec and where it stands."""

    sql: str
    origin: Origin


class Coverage(StrEnum):
    """How much of what a carrier declares is in the spec."""

    READ = "read"
    PARTLY = "partly read"
    UNREAD = "not read"


class MayDeclare(msgspec.Struct, frozen=True, order=True, omit_defaults=True):
    """What a carrier that was not wholly read may declare. A field that is empty limits nothing; all empty: anything.

    Args:
        objects: Their names; without a namespace: in any. What hangs on one of them counts too.
        kinds: Kinds of objects; what hangs on one of them counts too.
        namespaces: Where they are.
        databases: In which databases.
        files: Which files would say it. For people: it limits nothing.
        only_new: It makes objects of its own and alters none that is declared elsewhere.
    """

    objects: tuple[QualifiedName, ...] = ()
    kinds: tuple[str, ...] = ()
    namespaces: tuple[str, ...] = ()
    databases: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    only_new: bool = False


class Carrier(msgspec.Struct, frozen=True, order=True, kw_only=True, omit_defaults=True):
    """Something of a source that declares database objects, or may: a resource, a command in it, a file.

    Args:
        address: What it is called: `terraform_data.b`, a logical id of CloudFormation, the name of a file.
        origin: Where it stands.
        coverage: How much of it is in the spec.
        reason: Why not all of it is.
        may: What it may declare beyond what was read.
        tenant: Whose it is; empty: every tenant's.
    """

    address: str
    origin: Origin
    coverage: Coverage
    reason: str = ""
    may: MayDeclare = MayDeclare()
    tenant: str = ""


def told(carrier: Carrier) -> str:
    """Say in one sentence what was not read of a carrier, and why."""
    return f"{carrier.origin}: {carrier.address}: {carrier.coverage.value}: {carrier.reason}"


class SpecSource(msgspec.Struct, frozen=True, kw_only=True):
    """What IaC declares, before PostgreSQL has seen it.

    Args:
        declarations: DDL in the order it must run.
        expected_version: The schema version the tenants should be at, or empty.
        tenants: Tenant names the declaration itself enumerates (`for_each`), sorted; may be empty.
        unchecked: What was left out because it is not about a tenant's schema, as readable sentences.
        carriers: Everything that declares database objects or may, and how much of each was read; sorted.
    """

    declarations: tuple[Declaration, ...]
    expected_version: str = ""
    tenants: tuple[str, ...] = ()
    unchecked: tuple[str, ...] = ()
    carriers: tuple[Carrier, ...] = ()

    @property
    def unread(self) -> tuple[Carrier, ...]:
        """The carriers that were not read, or not wholly. Empty: the spec is complete."""
        return tuple(carrier for carrier in self.carriers if carrier.coverage is not Coverage.READ)


class ObjectOrigin(msgspec.Struct, frozen=True, order=True):
    """Where one object is declared."""

    identity: ObjectId
    origin: Origin


class Spec(msgspec.Struct, frozen=True, kw_only=True):
    """The desired schema, as the scratch server spells it, and where each object is declared."""

    snapshot: Snapshot
    source: SpecSource
    origins: tuple[ObjectOrigin, ...] = ()

    @property
    def schema(self) -> Schema:
        """The desired schema."""
        return self.snapshot.schema
