"""docker-compose.yml, as Compose itself reads it, and the database it fills, on a real PostgreSQL."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from coordinator.demo.tenants import hand_made_changes
from coordinator.store.records import ScanRecord
from coordinator.store.store import Store
from shared.embedded.postgres import EmbeddedPostgres
from shared.hosts import Secret

ROOT = Path(__file__).parents[3]
BINARIES = Path(sys.executable).parent
OURS = ("coordinator", "worker")


def compose(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the real Compose on the real file; `config` needs no Docker engine."""
    return subprocess.run(
        [BINARIES / "docker-compose", "--project-directory", ROOT, "--profile", "*", *arguments],
        capture_output=True, check=False, text=True, env={"PATH": os.environ["PATH"], "HOME": "/nonexistent"},
    )  # fmt: skip


@pytest.fixture(scope="module")
def services():
    done = compose("config", "--format", "json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)["services"]


def test_compose_accepts_the_file_and_has_nothing_to_say():
    done = compose("config", "--quiet")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_whole_deployment_is_there(services):
    assert set(services) == {"coordinator", "worker", "redis", "postgres", "prometheus", "grafana", "alertmanager"}


def test_every_service_has_a_healthcheck_and_comes_back_after_a_crash(services):
    for name, service in services.items():
        assert service["healthcheck"]["test"], name
        assert service["restart"] == "unless-stopped", name


def test_nothing_listens_beyond_loopback(services):
    published = [(name, port) for name, service in services.items() for port in service.get("ports", [])]
    assert {name for name, _ in published} == {"coordinator", "postgres", "prometheus", "grafana", "alertmanager"}
    assert [name for name, port in published if port["host_ip"] != "127.0.0.1"] == []


def test_only_the_coordinator_and_the_workers_reach_the_queue(services):
    assert {name for name, service in services.items() if "queue" in service["networks"]} == {*OURS, "redis"}


@pytest.mark.parametrize("name", OURS)
def test_what_we_run_has_no_privileges_and_a_read_only_root(services, name):
    service = services[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["build"]["dockerfile"] == "deploy/Dockerfile"


def test_redis_keeps_its_work_over_a_restart_and_never_evicts_it(services):
    command = " ".join(services["redis"]["command"])
    assert "--appendonly yes --appendfsync everysec" in command
    assert "--maxmemory-policy noeviction" in command


def test_every_image_has_a_version(services):
    for name, service in services.items():
        if name not in OURS:
            assert ":" in service["image"], name
            assert not service["image"].endswith(":latest"), name


@pytest.fixture(scope="module")
def secrets(tmp_path_factory):
    """What make-secrets.sh writes, in a folder of the test's own."""
    home = tmp_path_factory.mktemp("compose")
    (home / "secrets").mkdir()
    shutil.copy(ROOT / "deploy/compose/make-secrets.sh", home)
    subprocess.run(["sh", home / "make-secrets.sh"], check=True)
    return home / "secrets"


@pytest.fixture(scope="module")
def compose_postgres(secrets):
    """A server filled as the postgres image's entrypoint fills it: psql runs init.sql as the superuser."""
    folder = ROOT / "deploy/compose/postgres"
    with EmbeddedPostgres() as server:
        done = psql(
            server, "postgres", "--file", str(folder / "init.sql"),
            SECRETS=str(secrets), TENANT_SQL=str(folder / "tenant.sql"),
        )  # fmt: skip
        assert (done.returncode, done.stderr) == (0, "")
        yield server


def psql(server: EmbeddedPostgres, database: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [server.binaries / "psql", "--no-psqlrc", "--quiet", "-At", "--dbname", server.dsn(database),
         "--set", "ON_ERROR_STOP=1", *arguments],
        capture_output=True, check=False, text=True, env={"PATH": os.environ["PATH"], **environment},
    )  # fmt: skip


def ask(server: EmbeddedPostgres, database: str, query: str) -> list[str]:
    done = psql(server, database, "--command", query)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_the_store_belongs_to_its_role_and_the_scanner_cannot_enter_it(compose_postgres):
    [row] = ask(
        compose_postgres,
        "postgres",
        "SELECT has_database_privilege('fleetdrift_store', 'fleetdrift_store', 'CREATE'),"
        " has_database_privilege('fleetdrift_scanner', 'fleetdrift_store', 'CONNECT')",
    )
    assert row == "t|f"


def test_the_store_s_role_can_make_the_store(compose_postgres):
    async def made() -> list[ScanRecord]:
        async with Store.open(Secret(compose_postgres.dsn("fleetdrift_store", "fleetdrift_store"))) as store:
            return await store.list_scans("demo", 10)

    assert asyncio.run(made()) == []


def test_the_scanner_may_connect_and_read_the_version_table_and_nothing_else(compose_postgres):
    [row] = ask(
        compose_postgres,
        "tenant-001",
        "SELECT has_database_privilege('fleetdrift_scanner', 'tenant-001', 'CONNECT'),"
        " has_table_privilege('fleetdrift_scanner', '_sqlx_migrations', 'SELECT'),"
        " has_table_privilege('fleetdrift_scanner', 'orders', 'SELECT'),"
        " rolsuper OR rolbypassrls OR rolreplication OR rolcreatedb OR rolcreaterole"
        " FROM pg_roles WHERE rolname = 'fleetdrift_scanner'",
    )
    assert row == "t|t|f|f"


def test_the_passwords_are_random_and_a_second_run_keeps_them(secrets):
    first = {path.name: path.read_text() for path in secrets.iterdir()}
    assert len(set(first.values())) == len(first) == 6
    assert all(re.fullmatch(r"[0-9a-f]{48}", password) for password in first.values())
    subprocess.run(["sh", secrets.parent / "make-secrets.sh"], check=True)
    assert {path.name: path.read_text() for path in secrets.iterdir()} == first


@pytest.mark.parametrize("role", ["store", "scanner"])
def test_a_role_s_password_is_the_one_in_its_file(compose_postgres, secrets, role):
    [verifier] = ask(
        compose_postgres, "postgres", f"SELECT rolpassword FROM pg_authid WHERE rolname = 'fleetdrift_{role}'"
    )
    # SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>; StoredKey is defined in RFC 5802, section 3.
    match = re.fullmatch(r"SCRAM-SHA-256\$(\d+):(.+)\$(.+):.+", verifier)
    assert match is not None, verifier
    rounds, salt, stored = match.groups()
    password = (secrets / f"{role}_password").read_bytes()
    salted = hashlib.pbkdf2_hmac("sha256", password, base64.b64decode(salt), int(rounds))
    key = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    assert base64.b64encode(key).decode() == stored


def test_a_check_with_the_compose_configuration_tells_the_demo_s_story(compose_postgres, secrets, tmp_path):
    """The tenants init.sql makes are the declared ones but for what was done to them by hand."""
    text = (ROOT / "deploy/compose/fleetdrift.toml").read_text()
    text = text.replace("/run/secrets", str(secrets)).replace(
        'address = "postgres"', f'address = "{compose_postgres.socket_dir}"'
    )
    (tmp_path / "fleetdrift.toml").write_text(text)
    (tmp_path / "fleet").symlink_to(ROOT / "coordinator/demo/fleet")
    done = subprocess.run(
        [BINARIES / "fleetdrift", "check", "-c", tmp_path / "fleetdrift.toml", "--output", "json"],
        capture_output=True, check=False, text=True,
    )  # fmt: skip
    assert done.returncode == 2, done.stderr
    assert json.loads(done.stdout)["drift_summary"] == {
        "missing_indexes": 2,
        "orphaned_constraints": 1,
        "schema_version_mismatches": 1,
        "service_contract_violations": 2,
        "tenant_impact": ["tenant-001", "tenant-002"],
    }


def test_what_was_done_by_hand_to_the_compose_tenants_is_what_the_demo_does():
    script = (ROOT / "deploy/compose/postgres/init.sql").read_text()
    for number in (1, 2, 3):
        for statement in hand_made_changes(number):
            assert f"{statement};\n" in script
