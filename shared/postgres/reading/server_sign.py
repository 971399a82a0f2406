"""Read from one connection what tells of every database of a server whether its catalogs may have changed.

PostgreSQL counts the rows that are written in each database, those of catalogs too. While the counter of a database
stays the same, and what the shared catalogs say of it, nothing was defined there
(docs/decisions/531-the-sign-of-a-server.md).
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping

import asyncpg
import msgspec

from shared.hosts import Host
from shared.postgres.connection import close, connect_directly, translated
from shared.postgres.failures import TargetError
from shared.postgres.query_files import query_text
from shared.postgres.session import ask, read_transaction
from shared.targets import FailureKind, Limits

OLDEST_WITH_SIGN = 150000
"""`server_version_num` from which counters lose nothing unsaid: version 14 has messages for them that may be lost."""

COUNTED_AFTER_SECONDS = 12
"""How long a session must have been idle before what it did is surely counted: the server does so after ten seconds."""

_OLD = "the server is older than version 15"
_STANDBY = "the server is a standby"
_UNCOUNTED = "the setting track_counts is off, or may be set by others than superusers"
_BUSY = "another session is at work, or was until a moment ago"


class DatabaseSign(msgspec.Struct, frozen=True, kw_only=True):
    """What a server says of one of its databases.

    Args:
        identity: Hash of all but the counter: which server and database, since when, and who has something there.
        written: Rows that were ever inserted, updated or deleted in it, as far as sessions have handed in.
        doubt: Why nothing follows when it is the same as an earlier one; empty when the catalogs are then the same.
        locks: Numbers of the advisory locks that are held in it.
    """

    identity: str
    written: int
    doubt: str = ""
    locks: tuple[int, ...] = ()


class ServerSign(msgspec.Struct, frozen=True, kw_only=True):
    """What a server says of all its databases.

    Args:
        doubt: Why there is none of any database; empty otherwise.
        databases: By name; those that the role may not enter are not there.
    """

    doubt: str = ""
    databases: Mapping[str, DatabaseSign] = {}


async def read_server_sign(host: Host, database: str, limits: Limits) -> ServerSign:
    """Read the sign of a server.

    Args:
        host: With the credential. No pooler may stand in between: it could lead to another server for each database.
        database: Where to connect.
        limits: Bounds on time.

    Raises:
        TargetError: It could not be read.
    """
    connection = await connect_directly(host, database, limits)
    try:
        with translated(host.password.reveal() if host.password else ""):
            async with read_transaction(connection, limits) as server:
                if server.version < OLDEST_WITH_SIGN:
                    return ServerSign(doubt=_OLD)
                return await _read(connection)
    except ValueError:
        raise TargetError(
            FailureKind.PROTOCOL, "expected counters of databases, and the server says otherwise"
        ) from None
    finally:
        await close(connection)


async def _read(connection: asyncpg.Connection) -> ServerSign:
    busy_query = query_text("server_sign_busy.sql").replace("{seconds}", str(COUNTED_AFTER_SECONDS))
    busy = {oid for (oid,) in await ask(connection, busy_query, columns=1)}  # before the counters
    [[in_recovery, counts, facts]] = await ask(connection, query_text("server_sign.sql"), columns=3)
    if in_recovery != "f":
        return ServerSign(doubt=_STANDBY)
    if counts != "t":
        return ServerSign(doubt=_UNCOUNTED)
    locks: defaultdict[str, list[int]] = defaultdict(list)
    for oid, number in await ask(connection, query_text("server_sign_locks.sql"), columns=2):
        locks[oid].append(int(number))
    databases: dict[str, DatabaseSign] = {}
    for name, oid, written, said, uncounted in await ask(
        connection, query_text("server_sign_databases.sql"), columns=5
    ):
        identity = hashlib.sha256(f"{facts}\n{oid} {said}".encode()).hexdigest()
        doubt = _BUSY if oid in busy else _UNCOUNTED if uncounted != "f" else ""
        databases[name] = DatabaseSign(
            identity=identity, written=int(written), doubt=doubt, locks=tuple(sorted(locks[oid]))
        )
    return ServerSign(databases=databases)
