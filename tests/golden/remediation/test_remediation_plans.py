"""Each folder is a pair of schemas and the plan between them, which is applied by psql and seen to work.

Two observers: our own reading, and pg_dump.
"""

from __future__ import annotations

import asyncio
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from shared.diff.compare import diff_schemas
from shared.embedded.postgres import EmbeddedPostgres
from shared.kinds.step import Role
from shared.postgres.connection import connect_url
from shared.postgres.reading.introspect import read_snapshot
from shared.remediation.plan import Plan
from shared.remediation.planner import plan_remediation
from shared.remediation.script import render_script
from shared.schema.profile import EVERYTHING
from shared.schema.schema import Snapshot

CASES = sorted(path.parent for path in Path(__file__).parent.glob("*/desired.sql"))


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.name)
def test_plan_is_as_written_and_leads_to_the_declared_schema(
    case: Path, postgres: EmbeddedPostgres, golden: Callable[[Path, str], None], tmp_path: Path
) -> None:
    databases = Databases(postgres, tmp_path)
    desired = databases.load("desired", (case / "desired.sql").read_text())
    observed = databases.load("observed", (case / "observed.sql").read_text())
    plan = plan_between(desired, observed)
    unfit = [statement.sql for statement in plan.statements if statement.role not in roles_of(statement.sql)]
    assert unfit == [], "a recipe gives them a role that does not fit their words; roles_of in this file knows which do"

    databases.psql("observed", render_script(plan, destructive=True))
    databases.assert_equal(desired)
    golden(case / "plan.sql", without_hashes(render_script(plan, destructive=True)))


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.name)
def test_plan_without_destructive_statements_stands_alone(
    case: Path, postgres: EmbeddedPostgres, tmp_path: Path
) -> None:
    databases = Databases(postgres, tmp_path)
    desired = databases.load("desired", (case / "desired.sql").read_text())
    observed = databases.load("observed", (case / "observed.sql").read_text())
    diff = diff_schemas(desired.schema, observed.schema)
    plan = plan_remediation(desired, observed, diff, destructive=False, profile=EVERYTHING)

    databases.psql("observed", render_script(plan))
    left = diff_schemas(desired.schema, databases.read("observed").schema)
    assert {change.identity for change in left.changes} <= {change.identity for change in plan.remaining}

    withheld = tuple(statement for statement in plan.statements if statement.destructive)
    databases.psql("observed", render_script(msgspec.structs.replace(plan, statements=withheld), destructive=True))
    databases.assert_equal(desired)


def roles_of(sql: str) -> set[Role]:
    """Give the roles that a statement of these words can have."""
    if " VALIDATE CONSTRAINT " in sql:
        return {Role.VALIDATE}
    match re.match(
        r"-- Notes|REFRESH|CREATE OR REPLACE|CREATE|DROP|DO \$fleetdrift|DO|GRANT|REVOKE|COMMENT|ALTER", sql
    ):
        case None:
            return set()
        case found:
            return {
                "CREATE OR REPLACE": {Role.REPLACE},
                "CREATE": {Role.CREATE, Role.PREPARE},
                "DROP": {Role.DROP, Role.DISCARD},
                "-- Notes": {Role.KEEP},
                "REFRESH": {Role.FILL},
                "DO $fleetdrift": {Role.LOCK, Role.CHECK, Role.RESTORE},
                "ALTER": {Role.CREATE, Role.PREPARE, Role.ALTER, Role.SET, Role.DROP},
            }.get(found[0], {Role.SET})


def plan_between(desired: Snapshot, observed: Snapshot) -> Plan:
    diff = diff_schemas(desired.schema, observed.schema)
    return plan_remediation(desired, observed, diff, destructive=True, profile=EVERYTHING)


def without_hashes(script: str) -> str:
    unnamed = re.sub(r"(?m)^-- from \w{64} to \w{64}\n", "", script)
    return re.sub(r"fleetdrift-\w{16}-", "fleetdrift-this-", unnamed)


class Databases:
    """Two databases on one server, loaded and read as their owner sees them."""

    def __init__(self, server: EmbeddedPostgres, directory: Path) -> None:
        self.server = server
        self.directory = directory

    def load(self, name: str, sql: str) -> Snapshot:
        drop = f"DROP DATABASE IF EXISTS golden_{name} WITH (FORCE);\nCREATE DATABASE golden_{name} TEMPLATE template0;"
        self._psql("postgres", drop)
        self.psql(name, sql)
        return self.read(name)

    def psql(self, name: str, sql: str) -> None:
        self._psql(f"golden_{name}", sql)

    def _psql(self, database: str, sql: str) -> None:
        argv = ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-v", "run_tenant_code_as_superuser=1", "-f", "-", self.server.dsn(database)]
        self._run(argv, sql)

    def _run(self, argv: list[str], stdin: str = "") -> str:
        argv[0] = str(self.server.binaries / argv[0])
        done = subprocess.run(argv, input=stdin.encode(), capture_output=True, check=False, cwd=self.directory)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode()

    def read(self, name: str) -> Snapshot:
        async def read() -> Snapshot:
            connection = await connect_url(self.server.dsn(f"golden_{name}"))
            try:
                return await read_snapshot(connection, profile=EVERYTHING)
            finally:
                await connection.close()

        return asyncio.run(read())

    def dump(self, name: str) -> list[str]:
        text = self._run(["pg_dump", "--schema-only", self.server.dsn(f"golden_{name}")])
        lines = (line.strip().rstrip(",") for line in text.splitlines())
        return sorted(line for line in lines if line and not line.startswith(("--", "\\restrict", "\\unrestrict")))

    def assert_equal(self, desired: Snapshot) -> None:
        after = self.read("observed")
        left = diff_schemas(desired.schema, after.schema)
        assert [f"{type(c).__name__} {c.identity} {getattr(c, 'fields', '')}" for c in left.changes] == []
        assert plan_between(desired, after).statements == ()
        assert self.dump("observed") == self.dump("desired")
