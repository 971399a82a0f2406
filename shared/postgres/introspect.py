"""Read a database, or one namespace of it, into a Snapshot.

One transaction reads the change token, the rows and the dependencies; a second one reads the token again. Deparse
functions see newer state than the transaction's snapshot, so only equal tokens prove that the rows belong together.
"""

from __future__ import annotations

from collections.abc import Mapping

import asyncpg
import msgspec

from shared.postgres.catalog import kinds_of, query_text, rows_statement
from shared.postgres.dependencies import Address, Edge, dependencies_of, parse_address, unmodelled
from shared.postgres.failures import TargetError
from shared.postgres.fingerprint import ATTEMPTS, check_size, combine, hash_lines, token_in_transaction
from shared.postgres.placeholders import replace_in_line
from shared.postgres.session import reading
from shared.schema.identity import ObjectId
from shared.schema.model import SchemaObject
from shared.schema.profile import Profile
from shared.schema.schema import ColumnOrder, Schema, Snapshot
from shared.targets import FailureKind, Limits

_CHUNK = 2000  # rows fetched at a time, so that a flood is noticed before it is held
_decoder: msgspec.json.Decoder[SchemaObject] = msgspec.json.Decoder(SchemaObject)


class Line(msgspec.Struct, frozen=True):
    """One object as the server told it: its address in the catalogs and its canonical JSON."""

    kind: str
    address: str
    text: str


class Reading(msgspec.Struct, frozen=True):
    """What one transaction read."""

    server_version: int
    token: str
    lines: tuple[Line, ...]
    edges: tuple[Edge, ...]


async def read_snapshot(
    connection: asyncpg.Connection,
    *,
    namespace: str = "",
    profile: Profile = Profile(),  # noqa: B008  # frozen, so shared safely
    limits: Limits = Limits(),  # noqa: B008  # the same
) -> Snapshot:
    """Read the whole schema in read-only repeatable-read transactions of its own.

    Args:
        connection: Not inside a transaction.
        namespace: Read only this namespace, and call it `{tenant}`; empty means the whole database.
        profile: Which facets to read.
        limits: Bounds on time, rows and bytes.

    Raises:
        TargetError: `busy` when the catalogs keep moving, `limit`, `unsupported`, `protocol`.
        asyncpg.PostgresError: When a query fails; `connection.translated` maps it.
    """
    for _ in range(ATTEMPTS):
        try:
            before = await _read_once(connection, namespace, profile, limits)
        except asyncpg.InternalServerError:  # "cache lookup failed": dropped while it was deparsed
            continue
        async with reading(connection, limits):
            after = await token_in_transaction(connection)
        if before.token == after:
            return build_snapshot(before, namespace, profile)
    raise TargetError(FailureKind.BUSY, "the schema kept changing while it was read")


async def _read_once(connection: asyncpg.Connection, namespace: str, profile: Profile, limits: Limits) -> Reading:
    async with reading(connection, limits) as server:
        token = await token_in_transaction(connection)
        lines = await _lines(connection, namespace, rows_statement(kinds_of(profile), server.version), limits)
        records = await connection.fetch(query_text("dependencies.sql"))
        edges = tuple(
            Edge(row["deptype"], parse_address(row["dependent"]), parse_address(row["referenced"])) for row in records
        )
        return Reading(server.version, token, lines, edges)


async def _lines(connection: asyncpg.Connection, namespace: str, statement: str, limits: Limits) -> tuple[Line, ...]:
    lines: list[Line] = []
    size = 0
    cursor = await connection.cursor(statement, namespace)
    while chunk := await cursor.fetch(_CHUNK):
        for row in chunk:
            line = Line(row["kind"], row["address"], replace_in_line(row["line"], namespace))
            size += len(line.text)
            lines.append(line)
        check_size(len(lines), size, limits)
    return tuple(lines)


def build_snapshot(read: Reading, namespace: str, profile: Profile) -> Snapshot:
    """Decode what was read.

    Raises:
        TargetError: `protocol`, when the lines are no objects of the model or two of them are the same object.
    """
    try:
        objects = [_decoder.decode(line.text) for line in read.lines]
        schema = Schema.of(objects)
    except (msgspec.ValidationError, msgspec.DecodeError, ValueError) as error:
        raise TargetError(FailureKind.PROTOCOL, f"the catalogs make no sense: {error}") from error
    addresses = {parse_address(line.address): item.identity for line, item in zip(read.lines, objects, strict=True)}
    return Snapshot(
        schema=schema,
        server_version=read.server_version,
        fingerprint=_fingerprint(read, profile),
        column_order=_column_order(addresses),
        dependencies=dependencies_of(addresses, read.edges),
        unmodelled=() if namespace else unmodelled(addresses, read.edges),
    )


def _fingerprint(read: Reading, profile: Profile) -> str:
    by_kind: dict[str, list[str]] = {}
    for line in read.lines:
        by_kind.setdefault(line.kind, []).append(line.text)
    return combine(read.server_version, profile, (hash_lines(kind, texts) for kind, texts in by_kind.items())).hex


def _column_order(addresses: Mapping[Address, ObjectId]) -> tuple[ColumnOrder, ...]:
    columns: dict[tuple[str, str], list[tuple[int, str]]] = {}
    for address, identity in addresses.items():
        if identity.kind == "column":
            columns.setdefault((identity.namespace, identity.parent), []).append((address.part, identity.name))
    return tuple(
        ColumnOrder(namespace, relation, tuple(name for _, name in sorted(numbered)))
        for (namespace, relation), numbered in sorted(columns.items())
    )
