"""The declared schema is measured once for each service, on a copy rebuilt from its snapshot."""

from __future__ import annotations

import asyncio

import pytest

from shared.contracts.extract import extract_contract
from shared.postgres.scratch.contract_baseline import Baselines
from shared.postgres.scratch.contract_check import check_contract
from shared.postgres.scratch.errors import ScratchError
from shared.postgres.scratch.rebuild import materialise
from shared.postgres.scratch.server import ScratchServer
from shared.schema.profile import Profile

RUST = b'fn f() { sqlx::query!("SELECT * FROM users WHERE key = $1", key).fetch_all(p); sqlx::query("SELECT ?"); }'
DECLARED = ["CREATE TABLE users (key bigint PRIMARY KEY, name text NOT NULL)"]
OBSERVED = ["CREATE TABLE users (name text NOT NULL, key uuid PRIMARY KEY)"]


def test_a_shape_is_compared_with_what_the_declared_schema_was_measured_to_be(contract_server):
    async def check():
        scratch = ScratchServer(contract_server.dsn())
        contract = extract_contract("shop", [("src/a.rs", RUST)])
        baselines = Baselines(scratch)
        snapshots = []
        for ddl in (DECLARED, OBSERVED):
            async with scratch.database() as copy:
                await copy.run(ddl)
                snapshots.append(await copy.read(Profile()))
        declared, observed = snapshots
        baseline = await baselines.of(contract, declared)
        async with scratch.database() as copy:
            await materialise(copy, observed)
            verdicts = await check_contract(copy, contract, observed, baseline=baseline)
        return verdicts, baseline, await baselines.of(contract, declared)

    verdicts, first, second = asyncio.run(check())
    assert [(verdict.rule, verdict.sqlstate, verdict.declared_too) for verdict in verdicts] == [
        ("contract-query-invalid", "42883", False),
        ("contract-query-invalid", "42601", True),
    ]
    assert second is first


UPSERT = b"""fn f() { sqlx::query!("INSERT INTO users VALUES ($1) ON CONFLICT (name) DO NOTHING", name).execute(p); }"""


def test_an_index_whose_making_failed_serves_no_upsert(contract_server):
    async def check():
        scratch = ScratchServer(contract_server.dsn())
        contract = extract_contract("shop", [("src/a.rs", UPSERT)])
        async with scratch.database() as copy:
            await copy.run(["CREATE TABLE users (name text)", "INSERT INTO users VALUES ('a'), ('a')"])
            with pytest.raises(ScratchError):
                await copy.run(["CREATE UNIQUE INDEX CONCURRENTLY users_name_idx ON users (name)"])
            observed = await copy.read(Profile())
        async with scratch.database() as copy:
            await materialise(copy, observed)  # where the index is as valid as any
            return await check_contract(copy, contract, observed)

    (verdict,) = asyncio.run(check())
    assert (verdict.rule, verdict.sqlstate) == ("contract-query-invalid", "42P10")
