"""Slow databases of one customer speak for themselves: the host's other tenants are read."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from shared.embedded.postgres import EmbeddedPostgres

FLEETDRIFT = Path(sys.executable).with_name("fleetdrift")
SCHEMA = "CREATE TABLE orders (id int PRIMARY KEY); CREATE VIEW few AS SELECT id FROM orders;"
SLOW_TO_ENTER = tuple(f"a-enter-{number}" for number in range(4))
SLOW_TO_READ = tuple(f"b-read-{number}" for number in range(4))
HONEST = tuple(f"c-honest-{number:02}" for number in range(12))
# Runs when a connection is made (v17 and newer), before the server says that it is ready.
LINGER = """
CREATE FUNCTION linger() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(8); END';
CREATE EVENT TRIGGER linger ON login EXECUTE FUNCTION linger();
"""


@pytest.fixture(scope="module")
def host() -> Iterator[EmbeddedPostgres]:
    """A server with honest tenants, and one customer's that are slow; they sort first."""
    with EmbeddedPostgres(in_memory=True) as server:

        async def prepare() -> list[asyncpg.Connection]:
            admin = await asyncpg.connect(server.dsn())
            await admin.execute("CREATE ROLE scanner LOGIN")
            await admin.execute("CREATE DATABASE model")
            model = await asyncpg.connect(server.dsn("model"))
            await model.execute(SCHEMA)
            await model.close()
            for name in (*SLOW_TO_ENTER, *SLOW_TO_READ, *HONEST):
                await admin.execute(f'CREATE DATABASE "{name}" TEMPLATE model')
            await admin.close()
            holders = []
            for name in (*SLOW_TO_ENTER, *SLOW_TO_READ):
                holders.append(await asyncpg.connect(server.dsn(name)))
                if name in SLOW_TO_ENTER:
                    await holders[-1].execute(LINGER)
                else:
                    await holders[-1].execute("BEGIN; LOCK TABLE orders, few IN ACCESS EXCLUSIVE MODE")
                    await holders[-1].execute("ALTER TABLE orders ADD extra int")
            return holders

        loop = asyncio.new_event_loop()
        holders = loop.run_until_complete(prepare())
        yield server
        for holder in holders:
            holder.terminate()
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()


def test_slow_databases_of_one_customer_do_not_speak_for_their_host(host, tmp_path):
    tenants = "\n".join(
        f'[[fleet.tenants]]\ntenant = "{name}"\nhost = "one"\ndatabase = "{name}"'
        for name in (*SLOW_TO_ENTER, *SLOW_TO_READ, *HONEST)
    )
    (tmp_path / "schema.sql").write_text(SCHEMA)
    (tmp_path / "fleetdrift.toml").write_text(f"""
[fleet]
name = "slow"
{tenants}
[hosts.one]
address = "{host.socket_dir}"
port = {host.port}
user = "scanner"
max_connections = 1
[spec]
source = "schema.sql"
[limits]
connect_timeout = 1.0
lock_timeout = 5.0
statement_timeout = 0.8
tenant_timeout = 6.0
""")
    argv = [FLEETDRIFT, "check", "--config", tmp_path / "fleetdrift.toml", "--output", "json"]
    done = subprocess.run([str(part) for part in argv], capture_output=True, text=True, check=False, timeout=120)
    found = {
        tenant["tenant"]: (tenant["status"], tenant.get("failure", {}).get("kind"))
        for tenant in json.loads(done.stdout)["report"]["tenants"]
    }
    slow = dict.fromkeys((*SLOW_TO_ENTER, *SLOW_TO_READ), ("unreachable", "timeout"))
    assert found == slow | dict.fromkeys(HONEST, ("in_sync", None)), done.stderr
