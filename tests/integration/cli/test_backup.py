"""`fleetdrift backup` and `restore`, as users call them, on a store that was written by the code that records scans."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import asyncpg
import pytest

from coordinator.memory.views import ChangeFilter
from coordinator.store.store import Store
from shared.hosts import Secret
from tests.integration.cli.test_memory_verbs import CONFIG
from tests.integration.engine.conftest import dsn  # noqa: F401  # the fixture
from tests.integration.engine.test_memory import AGES, FLEET, scanned

pytestmark = pytest.mark.anyio

FLEETDRIFT = Path(sys.executable).with_name("fleetdrift")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def full(dsn):  # noqa: F811  # the fixture
    """A store with a history: a tenant that moved, one that cannot be read, a change that is resolved."""
    async with Store.open(Secret(dsn)) as store:
        for number, stood in enumerate(["e", "ok", "c"]):
            await store.create_scan(str(number), FLEET)
            await store.record_report(str(number), scanned(a=stood, b="e", **{"c'\t\\": "?"}))
    return dsn


def run(tmp_path, store, *words, code=0):
    tmp_path.joinpath("fleetdrift.toml").write_text(CONFIG.format(stale_after=3600))
    done = subprocess.run(
        [FLEETDRIFT, *words], cwd=tmp_path, env={"FLEETDRIFT_STORE": store}, capture_output=True, text=True, check=False
    )
    assert done.returncode == code, done.stderr
    return done.stdout if code == 0 else done.stderr


async def all_of(dsn):  # noqa: F811  # a URL
    async with Store.open(Secret(dsn)) as store:
        return (
            [await store.get_report(str(number)) for number in range(3)],
            await store.memory.changes(FLEET, ChangeFilter()),
            [await store.memory.tenant(FLEET, tenant, AGES) for tenant in ("a", "b", "c'\t\\")],
            await store.memory.status(FLEET, AGES),
        )


@pytest.fixture
async def empty(postgres):
    admin = await asyncpg.connect(postgres.dsn())
    await admin.execute("CREATE DATABASE restored")
    yield postgres.dsn("restored")
    await admin.execute("DROP DATABASE restored WITH (FORCE)")
    await admin.close()


async def test_a_store_that_was_restored_remembers_the_same_and_goes_on(full, empty, tmp_path):
    assert "b.zip" in run(tmp_path, full, "backup", "b.zip")
    assert " UTC" in run(tmp_path, empty, "restore", "b.zip")
    assert await all_of(empty) == await all_of(full)
    async with Store.open(Secret(empty)) as store:
        await store.record_report("3", scanned(a="ec", b="ok", d="e"))
        assert (await store.get_report("3")) == scanned(a="ec", b="ok", d="e")
    refused = run(tmp_path, empty, "restore", "b.zip", code=1)
    assert "this store holds scans: --force replaces all that it holds" in refused
    run(tmp_path, empty, "restore", "--force", "b.zip")
    assert await all_of(empty) == await all_of(full)


async def test_a_damaged_file_changes_nothing(full, empty, tmp_path):
    run(tmp_path, full, "backup", "b.zip")
    with zipfile.ZipFile(tmp_path / "b.zip") as whole, zipfile.ZipFile(tmp_path / "bad.zip", "w") as bad:
        for name in whole.namelist():
            content = whole.read(name)
            bad.writestr(name, content.replace(b"index", b"xedni") if name == "changes.copy" else content)
    assert "is damaged: table changes is not what the manifest says" in run(
        tmp_path, full, "restore", "--force", "bad.zip", code=1
    )
    assert "is no backup of a store" in run(tmp_path, full, "restore", "--force", "fleetdrift.toml", code=1)
    (tmp_path / "cut.zip").write_bytes((tmp_path / "b.zip").read_bytes()[:5000])
    assert "is no backup of a store" in run(tmp_path, full, "restore", "--force", "cut.zip", code=1)
    assert (await all_of(full))[0][2] == scanned(a="c", b="e", **{"c'\t\\": "?"})
    admin = await asyncpg.connect(empty)
    assert await admin.fetchval("SELECT to_regclass('fleetdrift.scans')") is None
    await admin.close()


async def test_a_store_that_a_coordinator_is_using_is_not_replaced(full, tmp_path):
    run(tmp_path, full, "backup", "b.zip")
    async with Store.open(Secret(full)) as store:
        await store.take_lease("coordinator:demo", 60)
        assert "a coordinator or a scan is using this store" in run(
            tmp_path, full, "restore", "--force", "b.zip", code=1
        )
