"""`check --gate`, as a pipeline asks before it migrates some tenants: real databases at real versions."""

from __future__ import annotations

import asyncio
import secrets
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest

from tests.configurations import one_server

FLEETDRIFT = Path(sys.executable).with_name("fleetdrift")
MIGRATIONS = {
    "20260101000000_agent.sql": "CREATE TABLE agent (id bigint PRIMARY KEY, login text NOT NULL);\n",
    "20260201000000_note.sql": "ALTER TABLE agent ADD COLUMN note text;\n",
}
LEDGER = """
CREATE TABLE _sqlx_migrations (version bigint PRIMARY KEY, description text NOT NULL,
  installed_on timestamptz NOT NULL DEFAULT now(), success boolean NOT NULL, checksum bytea NOT NULL,
  execution_time bigint NOT NULL);
INSERT INTO _sqlx_migrations VALUES (20260101000000, 'agent', now(), true, '\\x00', 1);
"""
FIRST = MIGRATIONS["20260101000000_agent.sql"] + LEDGER
TENANTS = {"eu-1": FIRST, "eu-2": FIRST, "us-1": FIRST + "ALTER TABLE agent DROP COLUMN login;"}


@pytest.fixture(scope="module")
def gate(postgres, tmp_path_factory):
    """A fleet that waits for its second migration, of which one tenant has drifted and one cannot be reached."""
    home, salt = tmp_path_factory.mktemp("gate"), secrets.token_hex(3)

    async def run(database: str, *statements: str) -> None:
        connection = await asyncpg.connect(postgres.dsn(database))
        for sql in statements:
            await connection.execute(sql)
        await connection.close()

    for tenant, sql in TENANTS.items():
        asyncio.run(run("postgres", f'CREATE DATABASE "{tenant}-{salt}"'))
        asyncio.run(run(f"{tenant}-{salt}", sql))
    (home / "migrations").mkdir()
    for name, sql in MIGRATIONS.items():
        (home / "migrations" / name).write_text(sql)
    listed = "\n".join(
        f'[[fleet.tenants]]\ntenant = "{tenant}"\ndatabase = "{tenant}-{salt}"\nlabels = {{ wave = "{wave}" }}'
        for tenant, wave in (("eu-1", 1), ("eu-2", 1), ("us-1", 2), ("us-2", 2), ("us-9", 3))
    )
    (home / "fleetdrift.toml").write_text(f"""
[fleet]
name = "desk"
exclude = ["us-9"]
{listed}
[spec]
source = "migrations"
{one_server(postgres)}
""")

    def gate(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [FLEETDRIFT, "check", "--gate", "--output", "json:report.json", *arguments],
            capture_output=True, text=True, check=False, cwd=home, timeout=240,
        )  # fmt: skip

    yield gate
    for tenant in TENANTS:
        asyncio.run(run("postgres", f'DROP DATABASE "{tenant}-{salt}" WITH (FORCE)'))


@pytest.mark.parametrize(
    ("asked", "code", "said"),
    [
        (("--tenants", "eu-*"), 0, "gate: open: none of 2 tenants has drifted, 2 of them pending"),
        (("--label", "wave=1"), 0, "gate: open: none of 2 tenants has drifted, 2 of them pending"),
        (("--tenants", "eu-1", "--tenants", "us-1"), 2, "gate: closed: 1 drifted of 2 tenants\n  us-1: drifted: "),
        (("--tenants", "us-2"), 3, "gate: closed: 1 not known of 1 tenant\n  us-2: unreachable: "),
        (("--tenants", "eu-1", "--tenants", "us-9"), 3, "us-9: excluded by [fleet] exclude"),
        (("--tenants", "eu-1", "--tenants", "eu-7"), 1, "--tenants eu-7: no tenant of the fleet has such a name"),
        (("--label", "wave=1", "--label", "wave=2"), 64, "--label wave is given twice"),
        (("--fail-on-pending",), 64, "leave out --since and --fail-on-pending"),
    ],
)
def test_the_gate_answers_for_the_tenants_that_are_about_to_be_migrated(gate, asked, code, said):
    done = gate(*asked)
    assert done.returncode == code, done.stderr
    assert said in done.stderr
