"""One server in memory that carries tenants and scratch databases."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from shared.embedded.postgres import EmbeddedPostgres
from shared.postgres.scratch import ScratchServer
from tests.integration.spellings.tenants import Tenants


@pytest.fixture(scope="session")
def scratch(postgres: EmbeddedPostgres) -> ScratchServer:
    return ScratchServer(postgres.dsn())


@pytest.fixture(scope="session")
def tenants(postgres: EmbeddedPostgres) -> Iterator[Tenants]:
    made = Tenants(postgres)
    yield made
    asyncio.run(made.drop_all())
