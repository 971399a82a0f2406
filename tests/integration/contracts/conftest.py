"""Shapes on a real server, and a service that meets them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from shared.contracts.contract import Contract, Verdict
from shared.contracts.extract import extract_contract
from shared.postgres.contract_check import check_contract, describe_contract
from shared.postgres.scratch_server import ScratchServer
from shared.schema.profile import Profile

Meet = Callable[..., tuple[Verdict, ...]]


@pytest.fixture(scope="session")
def meet(postgres) -> Meet:
    """Build a shape and let a contract meet it; `declared` is the DDL of the spec, on the same server."""
    server = ScratchServer(postgres.dsn())

    async def measure(contract: Contract, ddl: tuple[str, ...], baseline):
        async with server.database() as copy:
            await copy.run(ddl)
            snapshot = await copy.read(Profile())
            facts = await describe_contract(copy, contract, snapshot, baseline=baseline)
            return facts, await check_contract(copy, contract, snapshot, baseline=baseline)

    async def both(contract: Contract, declared: tuple[str, ...] | None, observed: tuple[str, ...]):
        baseline = None
        if declared is not None:
            baseline, _ = await measure(contract, declared, None)
        return (await measure(contract, observed, baseline))[1]

    def meet_(rust: str | Contract, *, observed: str, declared: str | None = None) -> tuple[Verdict, ...]:
        contract = extract_contract("shop", [("src/lib.rs", rust.encode())]) if isinstance(rust, str) else rust
        split = None if declared is None else tuple(_statements(declared))
        return asyncio.run(both(contract, split, tuple(_statements(observed))))

    return meet_


def _statements(ddl: str) -> list[str]:
    return [statement for part in ddl.split(";\n") if (statement := part.strip())]
