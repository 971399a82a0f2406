"""Read how often the catalogs of one database were written to: less than a change token costs, and known later.

A session hands in what it did at the end of a transaction, at most once a second, or after ten idle seconds. So equal
counters say what the catalogs were ten seconds ago, and nothing while another session is in a transaction.
"""

from __future__ import annotations

import asyncpg

from shared.hosts import Host
from shared.postgres.connection import close, connect_again, translated
from shared.postgres.query_files import query_text
from shared.postgres.reading.server_sign import OLDEST_WITH_SIGN
from shared.postgres.reading.versions import MIGRATION_TOOLS
from shared.postgres.session import ask
from shared.sql import quote_literal
from shared.targets import Limits

_LENGTH_CHARACTERS = 32  # of the hash: it travels with every answer


async def read_counters(connection: asyncpg.Connection) -> str:
    """Read the hash of a database's counters, before anything else is read that is to be kept beside them.

    Args:
        connection: Not inside a transaction, whose snapshot would be older.

    Returns:
        Empty where they prove nothing: before version 15.

    Raises:
        TargetError, asyncpg.PostgresError: As `ask`.
    """
    version = connection.get_server_version()
    if version.major * 10000 < OLDEST_WITH_SIGN:
        return ""
    [[found]] = await ask(connection, _counters(), columns=1)
    return found[:_LENGTH_CHARACTERS]


def _counters() -> str:
    tables = ", ".join(sorted({quote_literal(tool.table) for tool in MIGRATION_TOOLS}))
    return query_text("counters.sql").replace("{tables}", tables)


async def read_counters_alone(host: Host, database: str, limits: Limits) -> str:
    """Connect to a database for its counters, on a server whose sign was read a moment ago.

    Args:
        host: With the credential.
        database: Name.
        limits: Bounds on time.

    Returns:
        Empty where they prove nothing now: another session is in a transaction.

    Raises:
        TargetError: They could not be read.
    """
    connection = await connect_again(host, database, limits)
    try:
        with translated(host.password.reveal() if host.password else ""):
            question = query_text("counters_blind.sql").replace("{counters}", _counters())
            [[found]] = await ask(connection, question, columns=1)
            return found[:_LENGTH_CHARACTERS]
    finally:
        await close(connection)
