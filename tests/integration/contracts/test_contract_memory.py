"""Each query is asked once in each schema, on a copy rebuilt from its snapshot."""

from __future__ import annotations

import asyncio

import pytest

from shared.analysis.judging import judge_services
from shared.contracts.extract import extract_contract
from shared.postgres.scratch import contract_memory
from shared.postgres.scratch.contract_check import describe_contract
from shared.postgres.scratch.contract_memory import ContractMemory, LazyCopy
from shared.postgres.scratch.errors import ScratchError
from shared.postgres.scratch.rebuild import materialise
from shared.postgres.scratch.server import ScratchServer
from shared.schema.profile import Profile
from tests.contract_checking import check_contract

RUST = b'fn f() { sqlx::query!("SELECT * FROM users WHERE key = $1", key).fetch_all(p); sqlx::query("SELECT ?"); }'
DECLARED = ["CREATE TABLE users (key bigint PRIMARY KEY, name text NOT NULL)"]
OBSERVED = ["CREATE TABLE users (name text NOT NULL, key uuid PRIMARY KEY)"]


def test_a_shape_is_compared_with_what_the_declared_schema_was_measured_to_be(contract_server):
    async def check():
        scratch = CountingScratch(contract_server.dsn())
        contract = extract_contract("shop", [("src/a.rs", RUST)])
        declared, observed = [await shape(scratch, ddl) for ddl in (DECLARED, OBSERVED)]
        memory = ContractMemory()
        first = await judge_services(scratch, [contract], declared, observed, memory)
        before = scratch.made
        return first, await judge_services(scratch, [contract], declared, observed, memory), scratch.made - before

    first, second, made = asyncio.run(check())
    assert [(verdict.rule, verdict.sqlstate, verdict.declared_too) for verdict in first] == [
        ("contract-query-invalid", "42883", False),
        ("contract-query-invalid", "42601", True),
    ]
    assert second == first
    assert made == 0, "what is known is not asked again"


def test_a_changed_line_of_rust_costs_one_query(contract_server):
    async def check():
        scratch = CountingScratch(contract_server.dsn())
        before = extract_contract("shop", [("src/a.rs", RUST)])
        after = extract_contract("shop", [("src/a.rs", RUST + b' fn g() { sqlx::query("SELECT name FROM users"); }')])
        declared, observed = [await shape(scratch, ddl) for ddl in (DECLARED, OBSERVED)]
        memory = ContractMemory()
        await judge_services(scratch, [before], declared, observed, memory)
        asked = [[query.sql for query in each.queries] for each in await asked_for(memory, scratch, after, declared)]
        return asked, await judge_services(scratch, [after], declared, observed, memory)

    asked, verdicts = asyncio.run(check())
    assert asked == [["SELECT name FROM users"]]
    assert len(verdicts) == 2


def test_a_shape_that_differs_where_no_query_looks_is_not_rebuilt(contract_server):
    async def check():
        scratch = CountingScratch(contract_server.dsn())
        contract = extract_contract("shop", [("src/a.rs", RUST)])
        declared = await shape(scratch, DECLARED)
        observed = await shape(scratch, [*DECLARED, "CREATE TABLE elsewhere (id int)"])
        memory = ContractMemory()
        await judge_services(scratch, [contract], declared, declared, memory)
        before = scratch.made
        return await judge_services(scratch, [contract], declared, observed, memory), scratch.made - before

    verdicts, made = asyncio.run(check())
    assert [verdict.declared_too for verdict in verdicts] == [True]
    assert made == 0


async def asked_for(memory, scratch, contract, declared):
    """Give the contracts that are put to PostgreSQL while a contract's facts are looked up."""
    asked = []

    async def note(copy, contract, snapshot, *, baseline=None):
        asked.append(contract)
        return await describe_contract(copy, contract, snapshot, baseline=baseline)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(contract_memory, "describe_contract", note)
        async with LazyCopy(scratch, declared) as copy:
            await memory.declared(contract, copy, declared)
    return asked


async def shape(scratch, ddl):
    async with scratch.database() as copy:
        await copy.run(ddl)
        return await copy.read(Profile())


class CountingScratch(ScratchServer):
    """Counts the databases that are made."""

    made = 0

    def database(self):
        self.made += 1
        return super().database()


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
