"""`fleetdrift doctor` looks at a real setup and says of each part what is in the way, and what to do."""

from __future__ import annotations

import asyncio
import re
import secrets
from pathlib import Path

import asyncpg
import pytest

from coordinator.records.documents import WorkersList
from coordinator.setup.remark import Level, RemarksList
from shared.embedded.postgres import EmbeddedPostgres
from shared.embedded.redis import EmbeddedRedis
from shared.formats import REMARKS_LIST, WORKERS_LIST, decode_json
from tests.integration.cli.test_role_sql import fleetdrift

CONFIG = """
[fleet]
name = "shop"
tenants = [{{ tenant = "a", database = "doctor_a" }}, {{ tenant = "b", database = "doctor_b" }}]

[hosts.main]
address = "{address}"
port = {port}
user = "{user}"
{more}

[spec]
source = "schema.sql"

[redis]
url = "{redis}"

[store]
dsn = "{store}"

[scratch]
dsn = "{scratch}"
"""


@pytest.fixture(scope="module")
def store(postgres: EmbeddedPostgres) -> str:
    name = f"doctor_store_{secrets.token_hex(4)}"

    async def create() -> None:
        admin = await asyncpg.connect(postgres.dsn())
        await admin.execute("CREATE ROLE doctor_reader LOGIN CONNECTION LIMIT 4")
        await admin.execute("CREATE ROLE doctor_stranger LOGIN")
        for database in ("doctor_a", "doctor_b", name):
            await admin.execute(f"CREATE DATABASE {database}")
        await admin.execute(
            "REVOKE CONNECT ON DATABASE doctor_b FROM PUBLIC; GRANT CONNECT ON DATABASE doctor_b TO doctor_reader"
        )
        await admin.close()

    asyncio.run(create())
    return postgres.dsn(name)


@pytest.fixture
def told(postgres: EmbeddedPostgres, redis_server: EmbeddedRedis, store: str, tmp_path: Path):
    def told(user: str, code: int, **changed: str) -> dict[str, str]:
        (tmp_path / "schema.sql").write_text("CREATE TABLE t (id bigint);")
        given = {
            "address": str(postgres.socket_dir), "port": str(postgres.port), "more": "", "redis": redis_server.url,
            "store": store, "scratch": postgres.dsn(),
        }  # fmt: skip
        (tmp_path / "fleetdrift.toml").write_text(CONFIG.format(user=user, **(given | changed)))
        done = fleetdrift(tmp_path, "doctor")
        assert done.returncode == code, done.stdout + done.stderr
        found: dict[str, str] = {}
        for line in done.stdout.splitlines():
            if line.startswith("      → "):
                found[next(reversed(found))] += " " + line.strip()
            else:
                level, about, said = re.fullmatch(r"(ok|warn|fail) +([^:]+): (.*)", line).groups()
                found[about] = f"{level} {said}"
        return found

    return told


def test_a_setup_in_which_nothing_is_in_the_way(told):
    found = told("doctor_reader", 0)
    assert found["configuration"] == "ok fleetdrift.toml declares the fleet 'shop'"
    assert found["fleet"] == "ok 2 tenants"
    assert found["host main"].startswith("ok answers as PostgreSQL 18")
    assert found["host main, role"].startswith("ok 'doctor_reader' is no superuser")
    assert found["host main, TLS"] == "ok not encrypted, and the server is on this machine"
    assert (
        found["host main, clock"] == found["Redis, clock"] == found["store, clock"] == "ok within 5 s of this machine's"
    )
    assert found["host main, connections"].startswith("warn the role may hold 4, and [hosts.main] max_connections is 8")
    assert found["host main, tenants"] == "ok the first of them can be read: the database 'doctor_a'"
    assert found["Redis"].startswith("ok answers, version ")
    assert found["Redis, memory"] == "ok drops nothing that was sent"
    assert found["Redis, persistence"].startswith("warn keeps no log")
    assert found["workers"].startswith("warn none has been seen lately: scans wait → start some: `fleetdrift worker`")
    assert found["store"].endswith("it has no tables yet: the first `scan` or `serve` makes them")
    assert found["scratch server"].startswith("ok PostgreSQL 18")
    assert found["missing"].startswith("warn ")


def test_workers_lists_nobody_while_nobody_is_there_and_says_when_redis_is_away(told, redis_server, tmp_path):
    told("doctor_reader", 0)
    nobody = fleetdrift(tmp_path, "workers")
    assert nobody.returncode == 0, nobody.stderr
    assert nobody.stdout.startswith("No worker of this fleet was announced")
    document = decode_json(WORKERS_LIST, fleetdrift(tmp_path, "workers", "--output", "json").stdout, WorkersList)
    assert (document.fleet, document.workers, document.waiting) == ("shop", (), 0)
    told("doctor_reader", 1, redis="redis://127.0.0.1:1/0")
    away = fleetdrift(tmp_path, "workers")
    assert away.returncode == 1
    assert "Redis" in away.stderr


def test_the_remarks_come_as_json_too(told, tmp_path):
    said = told("doctor_stranger", 1)
    done = fleetdrift(tmp_path, "doctor", "--output", "json")
    assert done.returncode == 1
    remarks = decode_json(REMARKS_LIST, done.stdout, RemarksList).remarks
    assert [remark.about for remark in remarks] == list(said)
    assert Level.FAIL in {remark.level for remark in remarks}


def test_a_role_that_may_do_too_much_or_too_little_fails_with_the_way_out(told):
    assert told("postgres", 1)["host main, role"].startswith("fail the scanner's role holds superuser")
    assert told("doctor_stranger", 1)["host main, rights"] == (
        "fail 'doctor_stranger' may not connect to 'doctor_b' → `fleetdrift role-sql main` prints what the role needs"
    )


def test_a_role_that_the_configuration_insists_on_is_not_called_harmless(told):
    found = told("postgres", 0, more="[limits]\nallow_unsafe_role = true")
    assert found["host main, role"].startswith("warn the scanner's role holds superuser")
    assert "allow_unsafe_role accepts it" in found["host main, role"]
    assert "role-sql main" in found["host main, role"]
    assert found["host main, tenants"].startswith("ok the first of them can be read")


def test_what_does_not_answer_is_said_part_by_part(told):
    found = told(
        "doctor_reader",
        1,
        address="127.0.0.1",
        port="1",
        redis="redis://127.0.0.1:1/0",
        store="postgresql://x@127.0.0.1:1/x",
    )
    assert found["host main"].startswith("fail ")
    assert "is the server up" in found["host main"]
    assert found["Redis"].startswith("fail ")
    assert found["store"].startswith("fail 127.0.0.1/x: the connection was refused")
    assert found["scratch server"].startswith("ok ")


def test_without_a_configuration_the_scratch_server_is_looked_at(tmp_path):
    done = fleetdrift(tmp_path, "doctor")
    assert done.returncode == 0
    assert "fleetdrift.toml does not exist" in done.stdout.splitlines()[0]
    assert "`fleetdrift init URL` writes a first one" in done.stdout.splitlines()[1]
