"""Shapes on a real server, and a service that meets them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

import pytest

from shared.contracts.contract import Contract, Verdict
from shared.contracts.extract import extract_contract
from shared.embedded.postgres import EmbeddedPostgres
from shared.postgres.scratch.contract_check import describe_contract
from shared.postgres.scratch.server import ScratchServer
from shared.schema.profile import Profile
from tests.contract_checking import check_contract

Meet = Callable[..., tuple[Verdict, ...]]


@pytest.fixture(scope="session")
def contract_server() -> Iterator[EmbeddedPostgres]:
    """A server in memory: these tests make two databases each."""
    with EmbeddedPostgres(in_memory=True) as server:
        yield server


@pytest.fixture(scope="session")
def meet(contract_server) -> Meet:
    """Build a shape and let a contract meet it; `declared` is the DDL of the spec, on the same server."""
    server = ScratchServer(contract_server.dsn())

    async def met(contract: Contract, declared: str | None, observed: str) -> tuple[Verdict, ...]:
        async with server.database() as copy:
            if declared is None:
                await copy.run(_statements(observed))
                return await check_contract(copy, contract, await copy.read(Profile()))
            await copy.run(_statements(declared))
            baseline = await describe_contract(copy, contract, await copy.read(Profile()))
            if observed.startswith(declared):  # the drift is made where the declared schema stands: half the time
                await copy.run(_statements(observed.removeprefix(declared)))
                return await check_contract(copy, contract, await copy.read(Profile()), baseline=baseline)
        async with server.database() as copy:
            await copy.run(_statements(observed))
            return await check_contract(copy, contract, await copy.read(Profile()), baseline=baseline)

    def meet_(rust: str | Contract, *, observed: str, declared: str | None = None) -> tuple[Verdict, ...]:
        contract = extract_contract("shop", [("src/lib.rs", rust.encode())]) if isinstance(rust, str) else rust
        return asyncio.run(met(contract, declared, observed))

    return meet_


def _statements(ddl: str) -> list[str]:
    return [statement for part in ddl.split(";\n") if (statement := part.strip(" ;\n"))]
