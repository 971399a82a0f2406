"""The bench that probes are clamped to: a server with databases that are made, copied, read, changed and dumped."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Iterator
from types import TracebackType
from typing import Self

from shared.embedded.postgres import EmbeddedPostgres
from shared.postgres.connection import connect_url
from shared.postgres.reading.introspect import read_snapshot
from shared.schema.profile import EVERYTHING
from shared.schema.schema import Snapshot
from tests.servers import server_binaries

_ROLES = ("probe_alice", "probe_bob", "probe_carol")
_SETUP = (
    *(f"CREATE ROLE {role}" for role in _ROLES),
    "SET allow_in_place_tablespaces = on",
    "CREATE TABLESPACE probe_space LOCATION ''",
    "GRANT ALL ON TABLESPACE probe_space TO public",
)
_OLDEST_PSQL = 15
"""Major version of the first psql that scripts of plans can be run by."""
_HEADER = re.compile(r"(?m)^--\n-- (?:Data for )?Name: .*\n--\n")
_NOISE = re.compile(r"SET |SELECT pg_catalog\.set_config|\\(un)?restrict|\\connect|--|CREATE DATABASE ")
_SETTINGS = "-c client_min_messages=error -c lock_timeout=20s -c statement_timeout=60s"


class ProgramError(Exception):
    """psql or pg_dump failed; the message is what it said."""


class Bench:
    """One server of a major version. An async context manager."""

    def __init__(self, major: int) -> None:
        self.major = major
        self._server = EmbeddedPostgres(
            server_binaries(major), in_memory=True, settings=("wal_level=logical", "allow_in_place_tablespaces=on")
        )

    async def __aenter__(self) -> Self:
        await asyncio.to_thread(self._server.start)
        admin = await connect_url(self._server.dsn())
        for statement in _SETUP:
            await admin.execute(statement)
        await admin.close()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.stop()

    async def make(self, database: str, sql: str, *, template: str = "template0") -> None:
        """Make a database anew and run a script in it.

        Raises:
            ProgramError: When the script fails.
        """
        strategy = " STRATEGY file_copy" if self.major >= 15 else ""
        admin = await connect_url(self._server.dsn())
        try:
            await self._remove(admin, database)
            await admin.execute(f"CREATE DATABASE {database} TEMPLATE {template}{strategy}")
            if template != "template0":  # the settings of a database are not copied with it
                await self._copy_settings(admin, template, database)
        finally:
            await admin.close()
        if sql:
            await self.run(database, sql)

    @staticmethod
    async def _copy_settings(admin, template: str, database: str) -> None:
        rows = await admin.fetch(
            "SELECT format('ALTER %s SET %s', CASE WHEN setrole = 0 THEN 'DATABASE ' || quote_ident($2)"
            "   ELSE format('ROLE %I IN DATABASE %I', pg_get_userbyid(setrole), $2) END,"
            "   split_part(c, '=', 1) || ' = ' || quote_literal(substr(c, strpos(c, '=') + 1))) AS sql"
            " FROM pg_db_role_setting, unnest(setconfig) AS c"
            " WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = $1)",
            template,
            database,
        )
        for row in rows:
            await admin.execute(row["sql"])

    async def drop(self, *databases: str) -> None:
        """Remove databases with whatever holds them."""
        admin = await connect_url(self._server.dsn())
        for database in databases:
            await self._remove(admin, database)
        await admin.close()

    async def _remove(self, admin, database: str) -> None:
        subscriptions = await admin.fetchval(
            "SELECT count(*) FROM pg_subscription s JOIN pg_database d ON d.oid = s.subdbid WHERE d.datname = $1",
            database,
        )
        if subscriptions:
            await self._drop_subscriptions(database)
        await admin.execute(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")

    async def _drop_subscriptions(self, database: str) -> None:
        connection = await connect_url(self._server.dsn(database))
        names = await connection.fetch(
            "SELECT quote_ident(subname) AS name FROM pg_subscription s JOIN pg_database d ON d.oid = s.subdbid"
            " WHERE d.datname = current_database()"
        )
        for row in names:
            await connection.execute(f"ALTER SUBSCRIPTION {row['name']} DISABLE")
            await connection.execute(f"ALTER SUBSCRIPTION {row['name']} SET (slot_name = NONE)")
            await connection.execute(f"DROP SUBSCRIPTION {row['name']}")
        await connection.close()

    async def run(self, database: str, sql: str, *, lenient: bool = False) -> str:
        """Run a script by psql, each statement on its own, up to the first error or, leniently, to the end.

        Returns:
            What psql complained of.

        Raises:
            ProgramError: With psql's words, unless lenient.
        """
        stop = "0" if lenient else "1"
        argv = ("-X", "-q", "-b", "-At", "-v", f"ON_ERROR_STOP={stop}", "-d", self._server.dsn(database), "-f", "-")
        _, complaints = await self._program("psql", *argv, given=sql)
        return complaints

    async def read(self, database: str) -> Snapshot:
        """Read everything that is compared."""
        connection = await connect_url(self._server.dsn(database))
        try:
            return await read_snapshot(connection, profile=EVERYTHING)
        finally:
            await connection.close()

    async def dump(self, database: str) -> frozenset[str]:
        """Give what pg_dump says, cut into its entries, without what is no schema."""
        text, _ = await self._program("pg_dump", "--schema-only", "--create", "-d", self._server.dsn(database))
        return frozenset(_entries(text.replace(database, "the_database")))

    async def _program(self, program: str, *argv: str, given: str = "") -> tuple[str, str]:
        # Scripts want psql 15 or newer, which speaks to older servers too; pg_dump is the server's own.
        binaries = server_binaries(max(self.major, _OLDEST_PSQL)) if program == "psql" else None
        process = await asyncio.create_subprocess_exec(
            str((binaries or self._server.binaries) / program),
            *argv,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={**os.environ, "PGOPTIONS": _SETTINGS, "PGUSER": "postgres", "LC_ALL": "C.UTF-8"},
        )
        out, complaint = await process.communicate(given.encode())
        if process.returncode:
            raise ProgramError(" ".join(complaint.decode("utf-8", "replace").split())[:600])
        return out.decode("utf-8", "replace"), complaint.decode("utf-8", "replace")


def _entries(dump: str) -> Iterator[str]:
    for block in _HEADER.split(dump):
        lines = [line for line in block.splitlines() if line.strip() and not _NOISE.match(line)]
        if not lines:
            continue
        if lines[0].startswith(("GRANT", "REVOKE", "ALTER DEFAULT PRIV", "ALTER DATABASE", "ALTER ROLE")):
            lines.sort()  # the order of grants and settings says nothing
        if re.match(r"CREATE (UNLOGGED |FOREIGN )?TABLE", lines[0]):
            lines = _in_any_order(lines)
        yield "\n".join(_sorted_options(line) for line in lines)


def _in_any_order(lines: list[str]) -> list[str]:
    """The order of columns is not drift."""
    end = next((i for i, line in enumerate(lines) if line.startswith(")")), 1)
    return [lines[0], *sorted(line.rstrip(",") for line in lines[1:end]), *lines[end:]]


def _sorted_options(line: str) -> str:
    """The order of storage parameters is not drift."""
    return re.sub(r"\bWITH \(([^()]*)\)", lambda found: f"WITH ({', '.join(sorted(found[1].split(', ')))})", line)


def difference(found: frozenset[str], wanted: frozenset[str]) -> str:
    """Say which entries two dumps do not share; empty when they are equal."""
    surplus = [f"- {entry}" for entry in sorted(found - wanted)]
    lacking = [f"+ {entry}" for entry in sorted(wanted - found)]
    return "\n".join(surplus + lacking)
