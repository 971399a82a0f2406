"""Pairs of databases, the plan between them, and psql that runs it: what a remediation does to data and to grants."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from shared.diff.changes import Change
from shared.diff.compare import diff_schemas
from shared.embedded.postgres import EmbeddedPostgres
from shared.kinds.context import Recipe
from shared.postgres.connection import connect_url
from shared.postgres.reading.introspect import read_snapshot
from shared.remediation.plan import Plan
from shared.remediation.planner import plan_remediation
from shared.schema.identity import ObjectId
from shared.schema.profile import Profile
from shared.schema.schema import Snapshot

ROLES = ("remedy_app", "remedy_reader", "remedy_lead", "remedy_changer")
INSIST = ("-v", "run_tenant_code_as_superuser=1")
"""What psql is told so that a superuser runs functions of the database's owner."""
DATABASES = ("remedy_desired", "remedy_observed")


class Pair:
    """Two databases; their owner, `remedy_changer`, may act for `remedy_app`, and is no superuser."""

    def __init__(self, server: EmbeddedPostgres, directory: Path) -> None:
        self.server = server
        self.directory = directory
        self.profile = Profile()
        self._desired: dict[Profile, Snapshot] = {}
        self._as_kept: dict[Profile, Snapshot] = {}
        for name in DATABASES:
            self._copy("template0", name)

    def load(self, desired: str, observed: str) -> None:
        for name, sql in zip(DATABASES, (desired, observed), strict=True):
            done = self._psql(name, sql)
            assert done.returncode == 0, done.stderr

    def plan(
        self,
        *,
        destructive: bool = True,
        recipe: Recipe = Recipe.SHORT,
        server_version: int | None = None,
        as_kept: bool = False,
    ) -> Plan:
        """Plan from the observed to the desired database, for a server of another version where one is given.

        Args:
            as_kept: The observed database is what `keep` has kept: it is read the first time only.
        """
        desired, observed = self.read_desired(), self._read_kept() if as_kept else self.read("remedy_observed")
        if server_version is not None:
            observed = msgspec.structs.replace(observed, server_version=server_version)
        diff = diff_schemas(desired.schema, observed.schema)
        return plan_remediation(desired, observed, diff, destructive=destructive, profile=self.profile, recipe=recipe)

    def run(
        self, sql: str, *, user: str = "postgres", options: tuple[str, ...] = ()
    ) -> subprocess.CompletedProcess[str]:
        return self._psql("remedy_observed", sql, user, options)

    def ask(self, sql: str) -> list[str]:
        done = self._psql("remedy_observed", sql)
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()

    def keep(self) -> None:
        """Keep the observed database, with its rows, to be returned to."""
        self._as_kept.clear()
        self._copy("remedy_observed", "remedy_kept")

    def return_to_kept(self) -> None:
        self._copy("remedy_kept", "remedy_observed")

    def _copy(self, source: str, copy: str) -> None:
        # Of a database that nobody uses, copying the files takes half the time of writing them to the log.
        done = self._psql(
            "postgres",
            f"DROP DATABASE IF EXISTS {copy} WITH (FORCE);\n"
            f"CREATE DATABASE {copy} TEMPLATE {source} STRATEGY FILE_COPY OWNER remedy_changer;",
        )
        assert done.returncode == 0, done.stderr

    def left(self) -> list[str]:
        return sorted(map(str, self.differing()))

    def differing(self) -> set[ObjectId]:
        return {change.identity for change in self.changes()}

    def changes(self) -> tuple[Change, ...]:
        desired, observed = self.read_desired(), self.read("remedy_observed")
        return diff_schemas(desired.schema, observed.schema).changes

    def dumps(self) -> tuple[list[str], list[str]]:
        desired, observed = (self._dump(name) for name in DATABASES)
        return desired, observed

    def read_desired(self) -> Snapshot:
        """Read the database that no plan touches, once for each profile."""
        if self.profile not in self._desired:
            self._desired[self.profile] = self.read("remedy_desired")
        return self._desired[self.profile]

    def _read_kept(self) -> Snapshot:
        if self.profile not in self._as_kept:
            self._as_kept[self.profile] = self.read("remedy_observed")
        return self._as_kept[self.profile]

    def read(self, name: str) -> Snapshot:
        async def read() -> Snapshot:
            connection = await connect_url(self.server.dsn(name))
            try:
                return await read_snapshot(connection, profile=self.profile)
            finally:
                await connection.close()

        return asyncio.run(read())

    def _psql(
        self, database: str, sql: str, user: str = "postgres", options: tuple[str, ...] = ()
    ) -> subprocess.CompletedProcess[str]:
        argv = [str(self.server.binaries / "psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-f", "-"]
        return subprocess.run(
            [*argv, *options, self.server.dsn(database).replace("//postgres@", f"//{user}@")],
            input=sql,
            capture_output=True,
            text=True,
            check=False,
            cwd=self.directory,
        )

    def _dump(self, name: str) -> list[str]:
        done = subprocess.run(
            [self.server.binaries / "pg_dump", "--schema-only", self.server.dsn(name)],
            capture_output=True,
            text=True,
            check=True,
        )
        return sorted(
            line.rstrip(",") for line in done.stdout.splitlines() if line and not line.startswith(("--", "\\"))
        )


@contextlib.contextmanager
def made_roles(server: EmbeddedPostgres) -> Iterator[None]:
    """Have the roles of pairs on a server for as long as the block; afterwards they and the databases are gone."""
    argv = [str(server.binaries / "psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", server.dsn("postgres")]
    made = "".join(f"DROP ROLE IF EXISTS {role}; CREATE ROLE {role} LOGIN;" for role in ROLES)
    gone = "".join(f"DROP DATABASE IF EXISTS {name} WITH (FORCE);\n" for name in (*DATABASES, "remedy_kept"))
    subprocess.run(argv, input=f"{gone}{made} GRANT remedy_app TO remedy_changer;", text=True, check=True)
    yield
    roles = "".join(f"DROP ROLE {role};" for role in ROLES)
    subprocess.run(argv, input=gone + roles, text=True, check=True)


@pytest.fixture
def pair(postgres: EmbeddedPostgres, tmp_path: Path) -> Iterator[Callable[[str, str], Pair]]:
    def load(desired: str, observed: str) -> Pair:
        both = Pair(postgres, tmp_path)
        both.load(desired, observed)
        return both

    with made_roles(postgres):
        yield load
