"""Hash what a database holds, on its own server: the change token (cheap) and the fingerprint (exact).

The fingerprint of a database is a hash, made by its server, of the very columns that `introspect` reads. The token is
a hash of which catalog rows exist in which version (`oid`, `xmin`); equal tokens of one database mean that nothing
changed in between, which a reader needs to know: deparse functions see newer state than the transaction's snapshot.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import asyncpg
import msgspec

from shared.postgres.failures import TargetError
from shared.postgres.query_files import query_text
from shared.postgres.reading.catalog import hash_statement, kinds_of
from shared.postgres.session import Server, ask, read_transaction
from shared.schema.profile import Profile
from shared.targets import FailureKind, Limits

FINGERPRINT_VERSION = "fingerprint/2"


class Fingerprint(msgspec.Struct, frozen=True):
    """The hash of what a database holds: hex SHA-256, and the number of catalog rows it stands for."""

    hex: str
    rows: int


class KindHash(msgspec.Struct, frozen=True, order=True):
    """How many objects of one kind there are, how many bytes they take, and the hash of their sorted texts."""

    kind: str
    rows: int
    bytes: int
    hash: str


def hash_lines(kind: str, lines: Iterable[str]) -> KindHash:
    """Hash the lines of one kind, sorted as bytes."""
    encoded = sorted(line.encode() for line in lines)
    digest = hashlib.sha256(b"\n".join(encoded)).hexdigest()
    return KindHash(kind, len(encoded), sum(map(len, encoded)), digest)


def combine(server_version: int, profile: Profile, hashes: Iterable[KindHash]) -> Fingerprint:
    """Make the fingerprint of the kinds' hashes. A server's major version and the profile are part of it."""
    parts = sorted(part for part in hashes if part.rows)
    head = f"{FINGERPRINT_VERSION}\0{server_version // 10000}\0{profile.label()}\n"
    body = "".join(f"{part.kind} {part.rows} {part.hash}\n" for part in parts)
    return Fingerprint(hashlib.sha256((head + body).encode()).hexdigest(), sum(part.rows for part in parts))


def check_size(rows: int, size: int, limits: Limits) -> None:
    """Refuse a schema that is larger than the limits allow.

    Raises:
        TargetError: `limit`.
    """
    if rows > limits.max_rows or size > limits.max_bytes:
        raise TargetError(FailureKind.LIMIT, "the schema is larger than [limits] max_rows or max_bytes allow")


async def present_kinds(connection: asyncpg.Connection, profile: Profile) -> tuple[str, ...]:
    """Give the kinds of this profile that the database may have objects of; inside a `read_transaction`."""
    absent = {kind for (kind,) in await ask(connection, query_text("present.sql"), columns=1)}
    return tuple(kind for kind in kinds_of(profile) if kind not in absent)


async def hash_in_database(
    connection: asyncpg.Connection, server: Server, kinds: tuple[str, ...], limits: Limits
) -> tuple[KindHash, ...]:
    """Have the server hash each kind of the whole database; inside a `read_transaction`.

    Raises:
        TargetError: `limit`.
    """
    rows = await ask(connection, hash_statement(kinds, server.version), columns=4)
    hashes = tuple(KindHash(kind, _number(count), _number(size), digest) for kind, count, size, digest in rows)
    check_size(sum(part.rows for part in hashes), sum(part.bytes for part in hashes), limits)
    return hashes


def _number(text: str) -> int:
    if not text.isdecimal():
        raise TargetError(FailureKind.PROTOCOL, f"expected a number in the server's reply, got {text[:40]!r}")
    return int(text)


async def read_change_token(
    connection: asyncpg.Connection,
    *,
    limits: Limits = Limits(),  # noqa: B008  # frozen, so shared safely
) -> str:
    """Read the change token of a database in a transaction of its own.

    Raises:
        TargetError, asyncpg.PostgresError: As `read_transaction`.
    """
    async with read_transaction(connection, limits):
        return await token_in_transaction(connection)


async def token_in_transaction(connection: asyncpg.Connection) -> str:
    """Read the change token inside a `read_transaction`."""
    rows = await ask(connection, query_text("change_token.sql"), columns=2)
    if any(with_servers == "t" for _, with_servers in rows):
        rows += await ask(connection, query_text("change_token_mappings.sql"), columns=1)
    return hashlib.sha256(repr(rows).encode()).hexdigest()


async def fingerprint_in_transaction(
    connection: asyncpg.Connection, server: Server, *, profile: Profile, limits: Limits
) -> Fingerprint:
    """Give the fingerprint of the whole database inside a `read_transaction`.

    Raises:
        TargetError: `limit`.
    """
    kinds = await present_kinds(connection, profile)
    return combine(server.version, profile, await hash_in_database(connection, server, kinds, limits))
