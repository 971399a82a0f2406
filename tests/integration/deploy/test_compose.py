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
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import redis
from redis.backoff import ExponentialBackoff
from redis.retry import Retry

from coordinator.demo.tenants import hand_made_changes
from coordinator.store.records import ScanRecord
from coordinator.store.store import Store
from shared.embedded.postgres import EmbeddedPostgres
from shared.embedded.process import start_server, stop_server
from shared.embedded.redis import redis_binary
from shared.hosts import Secret
from tests.extras.programs import free_port
from tests.integration.deploy.conftest import ROOT, psql, write_configuration

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


def test_no_container_has_privileges_root_or_a_root_file_system_that_it_can_write(services):
    for name, service in services.items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert int(service["user"].partition(":")[0]) > 0, name


def test_every_container_has_limits_and_logs_that_end(services):
    for name, service in services.items():
        limits = service["deploy"]["resources"]["limits"]
        assert {"cpus", "memory", "pids"} <= set(limits), name
        assert service["logging"]["options"] == {"max-size": "10m", "max-file": "3"}, name


@pytest.mark.parametrize("name", OURS)
def test_what_we_run_is_our_image(services, name):
    assert services[name]["build"]["dockerfile"] == "deploy/Dockerfile"


def test_redis_keeps_its_work_over_a_restart_and_never_evicts_it(services):
    command = " ".join(services["redis"]["command"])
    assert "--appendonly yes --appendfsync everysec" in command
    assert "--maxmemory-policy noeviction" in command


EXACT = {"postgres": r"\d+\.\d+", "redis": r"\d+\.\d+\.\d+-alpine", None: r"v?\d+\.\d+\.\d+"}
"""What a tag has to say of an image before it names one release; None is for all others."""


def test_every_image_of_others_has_an_exact_version_and_a_digest(services):
    for name, service in services.items():
        if name not in OURS:
            tag = EXACT.get(name, EXACT[None])
            assert re.fullmatch(rf"[\w/-]+:{tag}@sha256:[0-9a-f]{{64}}", service["image"]), name


def test_a_secret_goes_to_those_who_use_it_and_to_nobody_else(services):
    given = {name: {each["source"] for each in service.get("secrets", [])} for name, service in services.items()}
    queue = {"redis_key", "redis_password"}
    assert given == {
        "coordinator": {"store_password", "scanner_password", "api_token", *queue},
        "worker": {"scanner_password", *queue},
        "redis": {"redis_users"},
        "postgres": {"postgres_password", "store_password", "scanner_password"},
        "grafana": {"grafana_password"},
        "prometheus": set(),
        "alertmanager": set(),
    }


def test_what_grafana_opens_with_is_there(services):
    home = Path(services["grafana"]["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"])
    assert (ROOT / "deploy/grafana/dashboards" / home.name).exists()


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
    users = first.pop("redis_users")
    assert len(set(first.values())) == len(first) == 7
    assert all(re.fullmatch(r"[0-9a-f]{48}", password) for password in first.values())
    subprocess.run(["sh", secrets.parent / "make-secrets.sh"], check=True)
    assert {path.name: path.read_text() for path in secrets.iterdir()} == first | {"redis_users": users}


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


def test_a_check_with_the_compose_configuration_tells_the_demo_s_story(fleet_folder):
    """The tenants init.sql makes are the declared ones but for what was done to them by hand."""
    done = subprocess.run(
        [BINARIES / "fleetdrift", "check", "-c", fleet_folder / "fleetdrift.toml", "--output", "json"],
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


@pytest.fixture(scope="module")
def queue(secrets, tmp_path_factory):
    """A Redis with the users of the compose file: its port."""
    home, port = tmp_path_factory.mktemp("redis"), free_port()
    argv = [redis_binary(), "--bind", "127.0.0.1", "--port", port, "--dir", home, "--aclfile", secrets / "redis_users"]
    process = start_server(argv, log=home / "log", stop_signal=signal.SIGTERM)
    health = redis.Redis(port=port, username="health", password="health", retry=Retry(ExponentialBackoff(cap=1), 50))
    try:
        assert health.ping()
        yield port
    finally:
        health.close()
        stop_server(process, signal.SIGTERM)


def test_the_queue_s_user_works_there_and_cannot_empty_or_reconfigure_it(queue, secrets):
    password = (secrets / "redis_password").read_text()
    with redis.Redis(port=queue, username="fleetdrift", password=password) as ours:
        ours.set("a", "b")
        for forbidden in (ours.flushall, ours.config_get, ours.acl_list, ours.shutdown):
            with pytest.raises(redis.exceptions.NoPermissionError):
                forbidden()
    with (
        redis.Redis(port=queue, username="health", password="health") as other,
        pytest.raises(redis.exceptions.NoPermissionError),
    ):
        other.get("a")
    with redis.Redis(port=queue) as nobody, pytest.raises(redis.exceptions.AuthenticationError):
        nobody.ping()


def test_a_scan_runs_with_a_worker_that_has_its_own_secrets_alone(compose_postgres, secrets, queue, services, tmp_path):
    """The whole of compose but for the containers: its configuration, roles, users of Redis, and secrets of each."""
    mounted: dict[str, Path] = {}
    for name in OURS:
        folder = tmp_path / name
        (folder / "secrets").mkdir(parents=True)
        for secret in services[name]["secrets"]:
            shutil.copy(secrets / secret["source"], folder / "secrets")
        places = {
            "@redis:6379": f"@127.0.0.1:{queue}",
            "@postgres/fleetdrift_store?": f"@/fleetdrift_store?host={compose_postgres.socket_dir}&",
        }
        mounted[name] = write_configuration(folder, compose_postgres, folder / "secrets", **places)
    log = tmp_path / "worker.log"
    argv = [BINARIES / "fleetdrift", "worker", "-c", mounted["worker"], "--concurrency", "1"]
    worker = start_server(argv, log=log, stop_signal=signal.SIGTERM)
    try:
        done = subprocess.run(
            [BINARIES / "fleetdrift", "scan", "-c", mounted["coordinator"], "--output", "json"],
            capture_output=True, check=False, text=True, timeout=240,
        )  # fmt: skip
    finally:
        stop_server(worker, signal.SIGTERM)
    assert done.returncode == 2, done.stderr + log.read_text()
    assert json.loads(done.stdout)["drift_summary"]["tenant_impact"] == ["tenant-001", "tenant-002"]
