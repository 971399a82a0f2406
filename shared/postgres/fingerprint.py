"""Name what a database holds without carrying it away: the change token (cheap) and the fingerprint (exact).

The fingerprint is a hash of the lines that `introspect` would read, made by the server. The token is a hash of which
catalog rows exist in which version (`oid`, `xmin`), and costs a quarter of it; equal tokens of one database mean that
nothing changed in between.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import asyncpg
import msgspec

from shared.postgres.catalog import hash_statement, kinds_of, query_text
from shared.postgres.failures import TargetError
from shared.postgres.session import reading
from shared.schema.profile import Profile
from shared.targets import FailureKind, Limits

FINGERPRINT_VERSION = "fingerprint/1"
ATTEMPTS = 3
"""Reads of a catalog that keeps moving before it is called busy."""


class Fingerprint(msgspec.Struct, frozen=True):
    """Hex SHA-256 and the number of catalog rows it stands for."""

    hex: str
    rows: int


class KindHash(msgspec.Struct, frozen=True, order=True):
    """How many objects of one kind there are, how many bytes their lines take, and the hash of the sorted lines."""

    kind: str
    rows: int
    bytes: int
    hash: str


def hash_lines(kind: str, lines: Iterable[str]) -> KindHash:
    """Repeat in Python what the server does: hash the lines of one kind, sorted as bytes."""
    encoded = sorted(line.encode() for line in lines)
    digest = hashlib.sha256(b"\n".join(encoded)).hexdigest()
    return KindHash(kind, len(encoded), sum(map(len, encoded)), digest)


def combine(server_version: int, profile: Profile, hashes: Iterable[KindHash]) -> Fingerprint:
    """Make the fingerprint of the kinds' hashes. A server's major version and the profile are part of it."""
    parts = sorted(part for part in hashes if part.rows)
    head = f"{FINGERPRINT_VERSION}\0{server_version // 10000}\0{','.join(sorted(profile.facets()))}\n"
    body = "".join(f"{part.kind} {part.rows} {part.hash}\n" for part in parts)
    return Fingerprint(hashlib.sha256((head + body).encode()).hexdigest(), sum(part.rows for part in parts))


async def hash_in_database(
    connection: asyncpg.Connection, server_version: int, namespace: str, profile: Profile
) -> tuple[KindHash, ...]:
    """Have the server hash each kind's lines; inside a `reading` transaction, one round trip."""
    rows = await connection.fetch(hash_statement(kinds_of(profile), server_version), namespace)
    return tuple(KindHash(row["kind"], row["rows"], row["bytes"], row["hash"]) for row in rows)


async def token_in_transaction(connection: asyncpg.Connection) -> str:
    """Take the change token inside a `reading` transaction."""
    return str(await connection.fetchval(query_text("change_token.sql")))


async def read_change_token(connection: asyncpg.Connection, *, limits: Limits = Limits()) -> str:  # noqa: B008  # frozen
    """Take the change token in a transaction of its own.

    Raises:
        TargetError, asyncpg.PostgresError: As `reading`.
    """
    async with reading(connection, limits):
        return await token_in_transaction(connection)


async def read_fingerprint(
    connection: asyncpg.Connection,
    *,
    namespace: str = "",
    profile: Profile = Profile(),  # noqa: B008  # frozen, so shared safely
    limits: Limits = Limits(),  # noqa: B008  # the same
) -> Fingerprint:
    """Give the fingerprint that `read_snapshot` would give, without carrying the rows away.

    Args:
        connection: Not inside a transaction.
        namespace: Only the whole database ("") is hashed by the server; read a snapshot of a namespace instead, whose
            name has to be replaced in deparsed text before hashing.
        profile: Which facets count.
        limits: Bounds on time, rows and bytes.

    Raises:
        TargetError: `busy` when the catalogs keep moving, `limit`, `unsupported`.
        asyncpg.PostgresError: When a query fails; `connection.translated` maps it.
    """
    if namespace:
        raise ValueError("a namespace's fingerprint is that of its snapshot")
    for _ in range(ATTEMPTS):
        try:
            async with reading(connection, limits) as server:
                token = await token_in_transaction(connection)
                hashes = await hash_in_database(connection, server.version, namespace, profile)
        except asyncpg.InternalServerError:  # "cache lookup failed": dropped while it was deparsed
            continue
        if token == await read_change_token(connection, limits=limits):
            check_size(sum(part.rows for part in hashes), sum(part.bytes for part in hashes), limits)
            return combine(server.version, profile, hashes)
    raise TargetError(FailureKind.BUSY, "the schema kept changing while it was read")


def check_size(rows: int, size: int, limits: Limits) -> None:
    """Refuse to hold more than the limits allow.

    Raises:
        TargetError: `limit`.
    """
    if rows > limits.max_rows or size > limits.max_bytes:
        raise TargetError(FailureKind.LIMIT, "the schema is larger than the limits allow")
