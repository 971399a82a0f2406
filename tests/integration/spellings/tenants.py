"""Tenants on one server: databases made of scripts, dumped, restored, read."""

from __future__ import annotations

import asyncio
import itertools
import subprocess

from shared.embedded.postgres import EmbeddedPostgres
from shared.postgres.connection import connect_url
from shared.postgres.reading.fingerprint import Fingerprint
from shared.postgres.reading.introspect import read_snapshot
from shared.schema.profile import Profile
from shared.schema.schema import Snapshot
from tests.fingerprints import read_fingerprint

_numbers = itertools.count()
_DEFAULT = Profile()


FILL_VIEWS = """
DO $$ DECLARE view regclass; BEGIN
    FOR view IN SELECT oid FROM pg_catalog.pg_class WHERE relkind = 'm' AND NOT relispopulated ORDER BY oid LOOP
        EXECUTE pg_catalog.format('REFRESH MATERIALIZED VIEW %s', view);
    END LOOP;
END $$;
"""
"""What a dump with rows does at its end; a view that was never filled is drift."""


class Tenants:
    """Makes databases on one server; scripts run as its superuser, by psql."""

    def __init__(self, server: EmbeddedPostgres) -> None:
        self.server = server
        self._made: list[str] = []

    def create(self, script: str = "", *, settings: str = "") -> str:
        """Make a database of a script, and give its URL. `settings` runs before it, with `%I` for the database."""
        name = f"tenant_{next(_numbers)}"
        self._made.append(name)
        self._psql(self.server.dsn(), f"CREATE DATABASE {name} TEMPLATE template0;\n{settings.replace('%I', name)}")
        url = self.server.dsn(name)
        self._psql(url, script)
        return url

    def restored(self, url: str) -> str:
        """Make another database of a dump of this one."""
        return self.create(self._run("pg_dump", "--schema-only", "--no-sync", url) + FILL_VIEWS)

    def copy(self, template: str, *, settings: str = "") -> str:
        """Make a copy of a database that nobody is connected to, and give its URL."""
        name = f"tenant_{next(_numbers)}"
        self._made.append(name)
        script = f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY;\n{settings.replace('%I', name)}"
        self._psql(self.server.dsn(), script)
        return self.server.dsn(name)

    def run(self, url: str, script: str) -> None:
        """Run a script in a database."""
        self._psql(url, script)

    def snapshot(self, url: str, *, profile: Profile = _DEFAULT, namespace: str = "") -> Snapshot:
        """Read a database."""

        async def read() -> Snapshot:
            connection = await connect_url(url)
            try:
                return await read_snapshot(connection, profile=profile, namespace=namespace)
            finally:
                await connection.close()

        return asyncio.run(read())

    def fingerprint(self, url: str, *, profile: Profile = _DEFAULT) -> Fingerprint:
        """Name what a database holds."""

        async def read() -> Fingerprint:
            connection = await connect_url(url)
            try:
                return await read_fingerprint(connection, profile=profile)
            finally:
                await connection.close()

        return asyncio.run(read())

    async def drop_all(self) -> None:
        """Drop what was made."""
        admin = await connect_url(self.server.dsn())
        for name in self._made:
            await admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        await admin.close()

    def _psql(self, url: str, script: str) -> None:
        self._run("psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", "-", url, stdin=script)

    def _run(self, program: str, *arguments: str, stdin: str = "") -> str:
        argv = [str(self.server.binaries / program), *arguments]
        done = subprocess.run(argv, input=stdin.encode(), capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode()
