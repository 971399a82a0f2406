"""The servers and workers that all fleets of these tests share."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from coordinator.demo.workers import worker_processes
from shared.embedded.postgres import EmbeddedPostgres
from shared.embedded.redis import EmbeddedRedis
from tests.acceptance.sources.servers import Servers

EXAMPLES = Path(__file__).with_name("examples")


@pytest.fixture(scope="session")
def servers(redis_server: EmbeddedRedis, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    folder = tmp_path_factory.mktemp("sources")
    shutil.copytree(EXAMPLES, folder, dirs_exist_ok=True)
    (folder / "redis.key").write_text("k" * 64)
    with EmbeddedPostgres(in_memory=True) as postgres:
        made = Servers(folder, postgres, redis_server)
        made.create({"store": "SELECT"})
        read_by = made.configure("workers", '[spec]\nsource = "sql_file/schema.sql"\n[fleet]\nfile = "none.csv"\n')
        with worker_processes(read_by, folder, 2):
            yield made
