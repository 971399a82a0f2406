"""A cluster is made once for an installation and copied from then on; what is kept is the user's alone."""

from __future__ import annotations

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import asyncpg
import pytest

from shared.embedded import prepared
from shared.embedded.postgres import EmbeddedPostgres


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "fleetdrift" / "clusters"


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Where initdb has run."""
    calls: list[Path] = []
    initdb = prepared._initdb

    def counted(binaries, data, user):
        calls.append(data)
        initdb(binaries, data, user)

    monkeypatch.setattr(prepared, "_initdb", counted)
    return calls


def kept(cache: Path) -> list[Path]:
    return list(cache.glob("cluster-*")) if cache.is_dir() else []


def ask(server: EmbeddedPostgres, sql: str) -> object:
    async def asked() -> object:
        connection = await asyncpg.connect(server.dsn())
        try:
            return await connection.fetchval(sql)
        finally:
            await connection.close()

    return asyncio.run(asked())


def test_the_second_server_is_a_copy_and_works(cache, made):
    for _ in range(2):
        with EmbeddedPostgres(in_memory=True) as server:
            ask(server, "CREATE DATABASE other")
    assert len(made) == 1
    assert len(kept(cache)) == 1
    assert cache.stat().st_mode & 0o077 == 0


def test_what_is_done_to_a_copy_stays_in_it(cache, made):
    with EmbeddedPostgres(in_memory=True) as server:
        ask(server, "CREATE TABLE planted ()")
    with EmbeddedPostgres(in_memory=True) as server:
        assert ask(server, "SELECT to_regclass('planted') IS NULL")


def test_a_cache_that_others_can_enter_is_not_used(cache, made):
    cache.parent.mkdir()
    cache.parent.chmod(0o755)
    for _ in range(2):
        EmbeddedPostgres(in_memory=True).start().stop()
    assert len(made) == 2
    assert not kept(cache)


def test_a_cache_that_is_a_link_is_not_used(cache, made, tmp_path):
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    cache.parent.symlink_to(tmp_path / "elsewhere")
    EmbeddedPostgres(in_memory=True).start().stop()
    assert len(made) == 1
    assert not list((tmp_path / "elsewhere").rglob("cluster-*"))


def test_a_cache_that_cannot_be_written_only_costs_time(made, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", "/proc/nowhere")
    EmbeddedPostgres(in_memory=True).start().stop()
    assert len(made) == 1


def test_a_kept_cluster_that_cannot_be_copied_is_made_anew(cache, made, monkeypatch):
    EmbeddedPostgres(in_memory=True).start().stop()
    monkeypatch.setattr(prepared, "_CP", "/nowhere/cp")
    EmbeddedPostgres(in_memory=True).start().stop()
    assert len(made) == 2


def test_servers_that_start_at_the_same_time_keep_one_cluster(cache, made):
    with ThreadPoolExecutor(4) as pool:
        for server in pool.map(lambda _: EmbeddedPostgres(in_memory=True).start(), range(4)):
            server.stop()
    assert len(kept(cache)) == 1
    assert not list(cache.glob("new-*"))


def test_clusters_of_installations_that_are_gone_are_removed(cache, made):
    EmbeddedPostgres(in_memory=True).start().stop()
    old = cache / "cluster-of-another-release"
    old.mkdir()
    os.utime(old, (0, 0))
    (current,) = [folder for folder in kept(cache) if folder != old]
    current.rename(cache / "cluster-yesterday")
    EmbeddedPostgres(in_memory=True).start().stop()
    assert not old.exists()
    assert (cache / "cluster-yesterday").exists()
