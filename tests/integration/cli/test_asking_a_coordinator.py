"""The verbs that ask what is remembered say the same of the store and of a running coordinator."""

from __future__ import annotations

import asyncio
import json
import re
import sys
from collections.abc import AsyncIterator

import httpx
import pytest

from tests.integration.engine.conftest import dsn, store  # noqa: F401  # fixtures
from tests.integration.engine.test_coordinator_api import FLEET, Scans, running
from tests.integration.engine.test_memory import scanned

pytestmark = pytest.mark.anyio

TOKEN = "s3cret"
CONFIG = f"""
[fleet]
name = "{FLEET}"
tenants = [{{ tenant = "a", host = "main", database = "a" }}]

[hosts.main]
address = "127.0.0.1"
user = "nobody"

[spec]
source = "schema.sql"

[store]
dsn = {{ env = "FLEETDRIFT_STORE" }}
"""


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def scans() -> Scans:
    return Scans()


@pytest.fixture
async def served(store, scans) -> AsyncIterator[str]:  # noqa: F811  # the fixture
    await store.create_scan("first", FLEET)
    await store.record_report("first", scanned(a="e", b="ok", c="ec", d="?"))
    await store.remember_inventory(FLEET, {"a": (("region", "eu"), ("tier", "gold")), "b": (("region", "eu"),)})
    async with running(store, scans, token=TOKEN) as client:
        yield str(client.base_url).rstrip("/")


@pytest.fixture
def run(tmp_path, dsn):  # noqa: F811  # the fixture
    (tmp_path / "fleetdrift.toml").write_text(CONFIG)

    async def run(*arguments: str, token: str = TOKEN, code: int = 0) -> str:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "coordinator.cli", *arguments,
            cwd=tmp_path, env={"PATH": "/usr/bin:/bin", "FLEETDRIFT_STORE": dsn, "FLEETDRIFT_TOKEN": token},
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        said, wrong = await process.communicate()
        assert process.returncode == code, wrong.decode()
        return said.decode() if code == 0 else wrong.decode()

    return run


@pytest.mark.parametrize(
    "verb",
    [
        ("status",),
        ("tenants",),
        ("tenants", "--status", "drifted", "--output", "csv"),
        ("tenants", "--label", "tier=gold", "--label", "region=eu"),
        ("tenant", "a"),
        ("changes", "--severity", "error", "--state", "all"),
        ("groups",),
        ("scans", "list"),
        ("scans", "list", "--output", "csv"),
        ("scans", "show", "first"),
        ("report", "first", "--output", "markdown"),
    ],
    ids=" ".join,
)
async def test_store_and_coordinator_give_the_same_answer(run, served, verb):
    own = _ageless(await run(*verb))
    assert own
    assert _ageless(await run(*verb, "--server", served)) == own


def _ageless(text: str) -> str:
    """Leave out how many seconds ago something was, and with it the widths of columns."""
    return " ".join(re.sub(r"\d+ seconds? ago", "just now", text).replace("─", "").split())


async def test_a_drift_group_is_found_by_its_id_and_shown_with_its_findings(run, served):
    groups = json.loads(await run("groups", "--output", "json", "--server", served))["groups"]
    told = await run("group", groups[0]["id"], "--server", served)
    assert told.startswith(f"drift group {groups[0]['id']}: 1 tenant")
    assert "missing-index" in told


async def test_a_scan_is_watched_and_cancelled_from_another_machine(run, served, scans):
    scans.go.clear()
    scan = await _asked_for(served)
    watching = asyncio.create_task(run("scans", "watch", scan, "--server", served))
    await asyncio.sleep(0.5)
    said = await run("scans", "cancel", scan, "--reason", "wrong branch", "--server", served)
    assert scan in said
    async with asyncio.timeout(20):
        lines = (await watching).splitlines()
    assert lines[-1].startswith(f"{scan} cancelled")
    assert lines[-1].endswith("cancelled it: wrong branch")


async def _asked_for(server: str) -> str:
    async with httpx.AsyncClient(base_url=server, headers={"authorization": f"Bearer {TOKEN}"}) as client:
        return str((await client.post("/api/v1/scans")).json()["scan"])


@pytest.mark.parametrize(
    ("verb", "said"),
    [
        (
            ("tenant", "nobody"),
            "Error: no tenant 'nobody' is remembered in this fleet; `fleetdrift tenants` lists them\n",
        ),
        (("group", "x"), "Error: no tenant is known to be in drift group 'x'; `fleetdrift groups` lists them\n"),
        (("scans", "show", "x"), "Error: there is no scan 'x'; `fleetdrift scans` lists them\n"),
        (("report", "x"), "Error: scan 'x' has no report; `fleetdrift scans` lists scans\n"),
    ],
)
async def test_what_does_not_exist_is_a_sentence(run, served, verb, said):
    assert await run(*verb, code=1) == said
    assert await run(*verb, "--server", served, code=1) == said


async def test_a_token_that_is_wrong_and_a_server_that_is_not_there_are_sentences(run, served):
    wrong = await run("status", "--server", served, token="wrong", code=1)
    assert (
        wrong == "fleetdrift: ***/api/v1 answers 401: a bearer token is needed: the token in FLEETDRIFT_TOKEN is sent\n"
    )
    away = await run("status", "--server", "http://127.0.0.1:9", code=1)
    assert away.startswith("fleetdrift: ***/api/v1 cannot be reached: ")
    assert (await run("status", "--server", "ftp://x", code=1)).startswith(
        "fleetdrift: expected the coordinator's URL as https://HOST:PORT"
    )


@pytest.mark.parametrize("asked", ["the store", "a coordinator"])
async def test_an_ignore_rule_is_made_listed_and_taken_away(served, run, asked):
    where = ("--server", served) if asked == "a coordinator" else ()
    said = (
        "--reason",
        "a test",
        "--owner",
        "ada",
        "--until",
        "9999-12-31",
        "--name",
        "orders_*",
        "--label",
        "tier=gold",
    )
    made = await run("ignores", "add", *said, *where)
    rule = re.fullmatch(r"ignore rule (\w+) counts from the next scan on, until 9999-12-31\n", made)
    assert rule, made
    [view] = json.loads(await run("ignores", "list", "--output", "json", *where))["ignores"]
    assert (view["id"], view["state"], view["rule"]["name"]) == (rule[1], "in_force", "orders_*")
    listed = await run("ignores", "list", *where)
    assert rule[1] in listed
    assert "name=orders_* label=tier=gold" in " ".join(listed.split())
    assert await run("ignores", "remove", rule[1], *where) == f"ignore rule {rule[1]} is gone\n"
    assert "No ignore rules" in await run("ignores", "list", *where)
    assert f"there is no ignore rule '{rule[1]}'" in await run("ignores", "remove", rule[1], *where, code=1)
    over = await run(
        "ignores", "add", "--reason", "r", "--owner", "o", "--until", "2020-01-01", "--name", "x", *where, code=1
    )
    assert "2020-01-01 is over" in over
    wrong = await run("ignores", "add", "--reason", "r", "--owner", "o", "--until", "9999-12-31", *where, code=64)
    assert "an ignore rule must say what it ignores" in wrong
