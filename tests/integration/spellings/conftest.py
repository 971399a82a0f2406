"""One server in memory that carries tenants and scratch databases, and what the tests do with it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from shared.embedded.postgres import EmbeddedPostgres
from shared.postgres.scratch import ScratchServer
from tests.integration.spellings.tenants import Tenants


@pytest.fixture(scope="session")
def memory_server() -> Iterator[EmbeddedPostgres]:
    with EmbeddedPostgres(in_memory=True) as server:
        yield server


@pytest.fixture(scope="session")
def scratch(memory_server) -> ScratchServer:
    return ScratchServer(memory_server.dsn())


@pytest.fixture(scope="session")
def tenants(memory_server) -> Iterator[Tenants]:
    made = Tenants(memory_server)
    yield made
    asyncio.run(made.drop_all())
