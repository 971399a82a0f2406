"""`fleetdrift tokens` and `audit`: a token is made, asks a coordinator, is listed and revoked; all is written down."""

from __future__ import annotations

import asyncio
import json
import sys

import pytest

from tests.integration.cli.test_asking_a_coordinator import CONFIG
from tests.integration.engine.conftest import dsn, store  # noqa: F401  # fixtures
from tests.integration.engine.test_coordinator_api import FLEET, Scans, running

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def run(tmp_path, dsn):  # noqa: F811  # the fixture
    (tmp_path / "fleetdrift.toml").write_text(CONFIG)

    async def run(*arguments, code=0, **environment) -> tuple[str, str]:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "coordinator.cli", *arguments, cwd=tmp_path,
            env={"PATH": "/usr/bin:/bin", "FLEETDRIFT_STORE": dsn, "COLUMNS": "160", **environment},
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        out, err = await process.communicate()
        assert process.returncode == code, err.decode()
        return out.decode(), err.decode()

    return run


async def test_a_token_is_made_used_listed_and_revoked_and_all_of_it_is_written_down(run, store):  # noqa: F811
    made, said = await run("tokens", "create", "--name", "ci", "--scope", "admin", "--fleet", FLEET, "--days", "90")
    token = made.strip()
    assert token.startswith("fdt_")
    assert said == "This token is shown once: keep it where you keep secrets.\n"
    _, refused = await run("tokens", "create", "--name", "ci", code=1)
    assert refused.startswith("fleetdrift: there is a token 'ci' already; revoke it first")

    async with running(store, Scans()) as client:
        there = ("audit", "--server", str(client.base_url), "--output", "json")
        entries = json.loads((await run(*there, FLEETDRIFT_TOKEN=token))[0])["entries"]
        assert [(each["action"], each["subject"]) for each in entries] == [("token_created", "ci")]
        listed, _ = await run("tokens", "list")
        assert token not in listed
        assert "admin" in listed
        assert (await run("tokens", "revoke", "ci"))[0] == "token ci is revoked\n"
        _, refused = await run(*there, code=1, FLEETDRIFT_TOKEN=token)
        assert "answers 401" in refused
    _, refused = await run("tokens", "revoke", "ci", code=1)
    assert "no token 'ci' is in use" in refused
    table, _ = await run("audit")
    assert [line.split()[0] for line in table.splitlines()[2:]] != []
    assert "token revoked" in table
    rows, _ = await run("audit", "--output", "csv", "--action", "token_created")
    assert rows.count("\n") == 2
