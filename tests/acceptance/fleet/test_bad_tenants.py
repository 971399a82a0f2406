"""A tenant that refuses, hangs or lies is data: it is named with its kind, and the others are scanned."""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import redis as redis_client

FLEETDRIFT = Path(sys.executable).with_name("fleetdrift")
CANARY = "canary-7c1f-password"


@contextlib.contextmanager
def silent_server(first_words: bytes = b""):
    """A TCP server that takes every connection and says nothing (or something that is no PostgreSQL)."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        held = []

        def accept():
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = listening.accept()
                    held.append(connection)
                    if first_words:
                        connection.sendall(first_words)

        threading.Thread(target=accept, daemon=True).start()
        yield listening.getsockname()[1]
        for connection in held:
            connection.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def broken(fleet, tmp_path):
    """A configuration with two good tenants and one of each kind of bad."""
    with silent_server() as silent, silent_server(b"R\x00\x00\x00\x08\x00\x00\x00\x63") as liar:
        tenants = "\n".join(
            f'[[fleet.tenants]]\ntenant = "{name}"\nhost = "{host}"\ndatabase = "{database}"'
            for name, host, database in (
                ("drifted", "good", "tenant-001"),
                ("sound", "good", "tenant-003"),
                ("left-out", "good", "tenant-001"),
                ("gone", "good", "no-such-database"),
                ("hangs", "silent", "x"),
                ("lies", "liar", "x"),
                ("refuses", "closed", "x"),
                ("superuser", "unsafe", "tenant-003"),
                ('\\u001b[31mred\\n\\"', "closed", "x"),
            )
        )
        hosts = "\n".join(
            f'[hosts.{name}]\naddress = "{address}"\nport = {port}\nuser = "{user}"\nsslmode = "disable"\n'
            'password = { env = "CANARY" }'
            for name, address, port, user in (
                ("good", fleet.server.socket_dir, fleet.server.port, "fleetdrift_scanner"),
                ("unsafe", fleet.server.socket_dir, fleet.server.port, "postgres"),
                ("silent", "127.0.0.1", silent, "u"),
                ("liar", "127.0.0.1", liar, "u"),
                ("closed", "127.0.0.1", free_port(), "u"),
            )
        )
        configuration = tmp_path / "fleetdrift.toml"
        configuration.write_text(f"""
[fleet]
name = "broken"
exclude = ["left-*"]
{tenants}
{hosts}
[spec]
source = "{fleet.folder}/infra"
[limits]
connect_timeout = 1.0
tenant_timeout = 3.0
[redis]
url = "{fleet.redis.url}"
[store]
dsn = "{fleet.server.dsn("fleetdrift_store")}"
[scratch]
dsn = "{fleet.server.dsn()}"
[report]
directory = "out"
""")
        yield configuration


def run(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [FLEETDRIFT, *map(str, arguments)],
        capture_output=True, text=True, check=False, timeout=120, env={"PATH": "/usr/bin:/bin", **environment},
    )  # fmt: skip


@contextlib.contextmanager
def worker(configuration: Path):
    """Run a worker for as long as the block; gives its log."""
    log = configuration.with_name("worker.log")
    with log.open("w") as sink:
        process = subprocess.Popen(
            [FLEETDRIFT, "worker", "--config", configuration, "--concurrency", "1"],
            env={"PATH": "/usr/bin:/bin", "CANARY": CANARY}, stdout=sink, stderr=sink,
        )  # fmt: skip
        try:
            yield log
        finally:
            process.terminate()
            process.wait(timeout=30)


def kinds(document: dict) -> dict[str, str]:
    return {t["tenant"]: t.get("failure", {}).get("kind", t["status"]) for t in document["report"]["tenants"]}


EXPECTED = {
    "drifted": "drifted",
    "sound": "in_sync",
    "left-out": "excluded",
    "gone": "no_database",
    "hangs": "connect_timeout",
    "lies": "protocol",
    "refuses": "refused",
    "superuser": "unsafe_role",
    '\x1b[31mred\n"': "refused",
}


def test_each_bad_tenant_is_named_with_its_kind_and_the_others_are_scanned(broken):
    done = run("check", "--config", broken, "--output", "json", CANARY=CANARY)
    assert done.returncode == 3, done.stderr
    assert kinds(json.loads(done.stdout)) == EXPECTED


def test_workers_say_the_same_of_bad_tenants(broken):
    with worker(broken) as log:
        done = run("scan", "--config", broken, "--output", "json", CANARY=CANARY)
    assert done.returncode == 3, done.stderr + log.read_text()
    assert kinds(json.loads(done.stdout)) == EXPECTED


def test_no_credential_appears_anywhere(broken, fleet):
    """Not in any output, log, message, metric or file: grep for the canary."""
    texts = {}
    with worker(broken) as log:
        done = run("--debug", "scan", "--config", broken, CANARY=CANARY)
    assert done.returncode == 3, done.stderr
    texts["scan"] = done.stdout + done.stderr
    for form in ("text", "full-text", "json", "html", "markdown", "sarif", "junit"):
        done = run("--debug", "report", "--config", broken, "--output", form, CANARY=CANARY)
        assert (done.returncode, bool(done.stdout)) == (0, True), done.stderr
        texts[form] = done.stdout + done.stderr
    texts["worker"] = log.read_text()
    for path in (broken.parent / "out").iterdir():
        texts[path.name] = path.read_text()
    client = redis_client.Redis.from_url(fleet.redis.url)
    texts["redis"] = repr([(key, client.dump(key)) for key in client.scan_iter()])
    texts["store"] = subprocess.run(
        [fleet.server.binaries / "pg_dump", fleet.server.dsn("fleetdrift_store")],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert len(texts["store"]) > 10_000
    assert [name for name, text in texts.items() if CANARY in text] == []


def test_a_hostile_name_cannot_colour_the_terminal(broken):
    done = run("check", "--config", broken, CANARY=CANARY)
    assert "\x1b" not in done.stdout
    assert "red" in done.stdout
