"""Read a database, or one namespace of it, into a Snapshot: the schema as its server spells it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

import asyncpg
import msgspec

from shared.postgres.failures import TargetError
from shared.postgres.names.own_names import OwnNames
from shared.postgres.names.placeholders import replace_in_line
from shared.postgres.query_files import query_text
from shared.postgres.reading.catalog import rows_statement
from shared.postgres.reading.dependencies import (
    Address,
    Edge,
    dependencies_of,
    fixed_extensions,
    parse_address,
    unmodelled,
)
from shared.postgres.reading.fingerprint import (
    Fingerprint,
    check_size,
    combine,
    hash_lines,
    present_kinds,
)
from shared.postgres.reading.moment import Moment, read_until_unchanged
from shared.postgres.session import Server
from shared.schema.canonical import snapshot_name
from shared.schema.identity import ObjectId
from shared.schema.model import SchemaObject
from shared.schema.profile import Profile
from shared.schema.relations import Constraint
from shared.schema.schema import ColumnOrder, ExtensionMember, NotNullName, Schema, Snapshot
from shared.sql import quote_literal
from shared.targets import FailureKind, Limits

_NOT_NULL_IS_CONSTRAINT_SINCE = 180000  # NOT NULL became a constraint with a name in v18
_ROWS_PER_FETCH = 2000
_CURSOR = "fleetdrift_rows"
_decoder: msgspec.json.Decoder[SchemaObject] = msgspec.json.Decoder(SchemaObject)


class ObjectLine(msgspec.Struct, frozen=True):
    """One object as the server writes it: its address in the catalogs and its JSON."""

    kind: str
    address: str
    text: str


class Lines(msgspec.Struct, frozen=True):
    """The objects that one transaction read, and of which kinds it read all there are."""

    kinds: tuple[str, ...]
    lines: tuple[ObjectLine, ...]


class CatalogRows(msgspec.Struct, frozen=True):
    """Everything that one transaction reads, before it is decoded."""

    server_version: int
    lines: tuple[ObjectLine, ...]
    edges: tuple[Edge, ...]
    not_null_names: tuple[tuple[Address, str], ...] = ()
    members: tuple[ExtensionMember, ...] = ()


async def read_snapshot(
    connection: asyncpg.Connection,
    *,
    namespace: str = "",
    profile: Profile = Profile(),  # noqa: B008  # frozen, so shared safely
    limits: Limits = Limits(),  # noqa: B008  # the same
    own: OwnNames = OwnNames(),  # noqa: B008  # the same
) -> Snapshot:
    """Read the whole schema in a read-only repeatable-read transaction of its own.

    Args:
        connection: Not inside a transaction.
        namespace: Read only this namespace, and call it `{tenant}`; empty means the whole database.
        profile: Which facets to read.
        limits: Bounds on time, rows and bytes.
        own: What else is called after the tenant, and read as placeholders.

    Raises:
        TargetError: `busy` when the catalogs keep changing, `limit`, `unsupported`, `protocol`.
        asyncpg.PostgresError: When a query fails; `connection.translated` maps it.
    """
    names = msgspec.structs.replace(own, namespace=namespace or own.namespace)

    async def read(moment: Moment) -> CatalogRows:
        return await read_rows(moment, names, None, profile=profile, limits=limits)

    return build_snapshot(await read_until_unchanged(connection, limits, read), names.namespace, profile)


async def read_lines(moment: Moment, own: OwnNames, *, profile: Profile, limits: Limits) -> Lines:
    """Read the objects of a tenant as its server writes them, once its own names are replaced.

    Args:
        moment: When.
        own: The names that are replaced; only its namespace is read, where it has one.
        profile: Which facets count.
        limits: Bounds on rows and bytes.

    Raises:
        TargetError: `limit`.
        asyncpg.PostgresError: When a query fails.
    """
    kinds = await present_kinds(moment.connection, profile)
    statement = rows_statement(kinds, moment.server.version)
    return Lines(kinds, await _lines(moment.connection, own, statement, limits))


def fingerprint_of_lines(read: Lines, server: Server, profile: Profile) -> Fingerprint:
    """Give the fingerprint of a tenant with names of its own: its rows are hashed here, once those names are replaced.

    Costs what the tenant's rows cost, not what the whole database's dependencies would.
    """
    by_kind: dict[str, list[str]] = {}
    for line in read.lines:
        by_kind.setdefault(line.kind, []).append(line.text)
    hashes = (hash_lines(kind, texts) for kind, texts in by_kind.items())
    return combine(server.version, profile, hashes)


async def read_rows(
    moment: Moment, own: OwnNames, lines: Lines | None, *, profile: Profile, limits: Limits
) -> CatalogRows:
    """Read all that a snapshot is built of.

    Args:
        moment: When.
        own: The names that are replaced.
        lines: The objects, where this moment read them already.
        profile: Which facets count.
        limits: Bounds on rows and bytes.

    Raises:
        TargetError: `limit`.
        asyncpg.PostgresError: When a query fails.
    """
    read = lines if lines is not None else await read_lines(moment, own, profile=profile, limits=limits)
    edges = await read_edges(moment.connection, query_text("dependencies.sql"))
    with_members = "extension" in read.kinds and not own.namespace
    members = await _members(moment.connection, limits) if with_members else ()
    names = await read_inherited_names(moment)
    return CatalogRows(moment.server.version, read.lines, edges, names, members)


async def read_edges(connection: asyncpg.Connection, statement: str) -> tuple[Edge, ...]:
    """Read dependencies by a statement that gives them; inside a `read_transaction`."""
    records = await connection.fetch(statement)
    return tuple(Edge(row[0], Address(row[1], row[2], row[3]), Address(row[4], row[5], row[6])) for row in records)


async def read_inherited_names(moment: Moment) -> tuple[tuple[Address, str], ...]:
    """Read the names of inherited NOT NULLs (v18), by the address of their column."""
    if moment.server.version < _NOT_NULL_IS_CONSTRAINT_SINCE:
        return ()
    records = await moment.connection.fetch(query_text("inherited_not_null.sql"))
    return tuple((parse_address(row["address"]), row["name"]) for row in records)


async def _members(connection: asyncpg.Connection, limits: Limits) -> tuple[ExtensionMember, ...]:
    rows = await connection.fetch(query_text("extension_member.sql"))
    check_size(len(rows), sum(len(row["name"]) + len(row["signature"]) for row in rows), limits)
    found = (
        ExtensionMember(
            row["extension"],
            ObjectId(kind=row["kind"], namespace=row["namespace"], name=row["name"], signature=row["signature"]),
        )
        for row in rows
    )
    return tuple(sorted(found))


async def _lines(
    connection: asyncpg.Connection, own: OwnNames, statement: str, limits: Limits
) -> tuple[ObjectLine, ...]:
    lines: list[ObjectLine] = []
    size = 0
    # A cursor of SQL ends with the transaction. asyncpg's own would leave a prepared statement on a pooled connection.
    # The namespace is written into the statement: asyncpg has one with parameters parsed twice, and this one is long.
    whose = statement.replace("$1::text", f"{quote_literal(own.namespace)}::text")
    async for chunk in fetch_chunks(connection, whose):
        for row in chunk:
            line = ObjectLine(row["kind"], row["address"], replace_in_line(row["line"], own))
            size += len(line.text)
            lines.append(line)
        check_size(len(lines), size, limits)
    return tuple(lines)


async def fetch_chunks(connection: asyncpg.Connection, statement: str) -> AsyncIterator[list[asyncpg.Record]]:
    """Fetch the rows of a statement some at a time, so that a flood is noticed before it is held.

    Yields:
        At least one row, at most 2,000.
    """
    await connection.execute(f"DECLARE {_CURSOR} NO SCROLL CURSOR FOR {statement}")
    while chunk := await connection.fetch(f"FETCH {_ROWS_PER_FETCH} FROM {_CURSOR}"):
        yield chunk
        if len(chunk) < _ROWS_PER_FETCH:
            break


def build_snapshot(read: CatalogRows, namespace: str, profile: Profile) -> Snapshot:
    """Decode the rows of a catalog into a snapshot.

    Raises:
        TargetError: `protocol`, when the lines are no objects of the model or two of them are the same object; `limit`,
            when one is nested too deep to be read.
    """
    try:
        decoded = [(parse_address(line.address), _decoder.decode(line.text)) for line in read.lines]
        objects = [(address, item) for address, item in decoded if profile.not_null_names or not _only_names(item)]
        schema = Schema.of(item for _, item in objects)
    except RecursionError:
        raise TargetError(FailureKind.LIMIT, "an object of the catalogs is nested deeper than can be read") from None
    except (msgspec.ValidationError, msgspec.DecodeError, ValueError) as error:
        raise TargetError(
            FailureKind.PROTOCOL, f"expected objects of known kinds, each one once, in the catalogs: {error}"
        ) from error
    addresses = {address: item.identity for address, item in objects}
    snapshot = Snapshot(
        schema=schema,
        server_version=read.server_version,
        fingerprint="",
        column_order=_column_order(addresses),
        not_null_names=_not_null_names(addresses, read),
        dependencies=dependencies_of(addresses, read.edges),
        fixed_extensions=fixed_extensions(addresses, read.edges),
        extension_members=read.members,
        unmodelled=() if namespace else unmodelled(addresses, read.edges),
    )
    return msgspec.structs.replace(snapshot, fingerprint=snapshot_name(snapshot))


def _only_names(item: SchemaObject) -> bool:
    """Say whether an object only names a NOT NULL; that the column is NOT NULL stands in the column itself."""
    return (
        isinstance(item, Constraint)
        and item.type == "not_null"
        and item.validated
        and not item.definition.endswith(" NO INHERIT")
    )


def _not_null_names(addresses: Mapping[Address, ObjectId], read: CatalogRows) -> tuple[NotNullName, ...]:
    columns = ((addresses.get(address), name) for address, name in read.not_null_names)
    return tuple(
        sorted(NotNullName(column.namespace, column.parent, column.name, name) for column, name in columns if column)
    )


def _column_order(addresses: Mapping[Address, ObjectId]) -> tuple[ColumnOrder, ...]:
    columns: dict[tuple[str, str], list[tuple[int, str]]] = {}
    for address, identity in addresses.items():
        if identity.kind == "column":
            columns.setdefault((identity.namespace, identity.parent), []).append((address.part, identity.name))
    return tuple(
        ColumnOrder(namespace, relation, tuple(name for _, name in sorted(numbered)))
        for (namespace, relation), numbered in sorted(columns.items())
    )
