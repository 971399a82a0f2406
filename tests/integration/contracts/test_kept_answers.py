"""A second process asks nothing that the first one has asked."""

from __future__ import annotations

import asyncio

import pytest

from shared.analysis.judging import judge_services
from shared.analysis.lasting_memory import lasting_memory
from shared.contracts.contract import Contract, Verdict
from shared.contracts.extract import extract_contract
from shared.embedded.postgres import EmbeddedPostgres
from shared.postgres.scratch import contract_memory
from shared.postgres.scratch.contract_check import describe_contract
from shared.postgres.scratch.server import ScratchServer
from shared.schema.profile import Profile
from shared.schema.schema import Snapshot

RUST = """
fn f() {
    sqlx::query!("SELECT id, name FROM users WHERE id = $1", id).fetch_one(p);
    sqlx::query!("SELECT * FROM recent").fetch_all(p);
    sqlx::query("INSERT INTO users (id, name, state) VALUES ($1, $2, 'open')").bind(1_i64).bind("x").execute(p);
    sqlx::query("SELECT title FROM books").fetch_all(p);
}
"""
DECLARED = [
    "CREATE TABLE users (id bigint PRIMARY KEY, name text NOT NULL, state text CHECK (state IN ('open', 'shut')))",
    "CREATE TABLE books (title text)",
    "CREATE VIEW recent AS SELECT u.name, b.title FROM users u LEFT JOIN books b ON b.title = u.name",
]
DRIFT = ["ALTER TABLE users ALTER name DROP NOT NULL", "ALTER TABLE users DROP COLUMN state"]


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "fleetdrift" / "answers"


@pytest.fixture
def asked(monkeypatch):
    """The texts that are put to PostgreSQL."""
    texts: list[str] = []

    async def note(copy, contract, snapshot, *, baseline=None):
        texts.extend(query.sql for query in contract.queries)
        return await describe_contract(copy, contract, snapshot, baseline=baseline)

    monkeypatch.setattr(contract_memory, "describe_contract", note)
    return texts


def judge(server: EmbeddedPostgres, rust: str, drift: list[str]) -> tuple[tuple[Verdict, ...], int]:
    """Judge in a memory of its own, as a new process does; give the databases that were made for it."""

    async def run() -> tuple[tuple[Verdict, ...], int]:
        scratch = CountingScratch(server.dsn())
        declared, observed = [await shape(scratch, ddl) for ddl in (DECLARED, [*DECLARED, *drift])]
        scratch.made = 0
        verdicts = await judge_services(scratch, [service(rust)], declared, observed, lasting_memory())
        return verdicts, scratch.made

    return asyncio.run(run())


def service(rust: str) -> Contract:
    return extract_contract("shop", [("src/a.rs", rust.encode())])


async def shape(scratch: ScratchServer, ddl: list[str]) -> Snapshot:
    async with scratch.database() as copy:
        await copy.run(ddl)
        return await copy.read(Profile())


class CountingScratch(ScratchServer):
    """Counts the databases that are made."""

    made = 0

    def database(self):
        self.made += 1
        return super().database()


def test_a_second_run_asks_the_scratch_server_nothing(contract_server, asked):
    first, made = judge(contract_server, RUST, DRIFT)
    assert made == 2, "the declared and the observed schema"
    assert len(asked) > 4
    asked.clear()
    assert judge(contract_server, RUST, DRIFT) == (first, 0)
    assert asked == []
    assert {verdict.rule for verdict in first} >= {"contract-query-invalid", "contract-nullable"}


def test_a_changed_line_of_rust_costs_its_query_in_the_second_run(contract_server, asked):
    judge(contract_server, RUST, [])
    asked.clear()
    judge(contract_server, RUST.replace("SELECT title", "SELECT title || '!'"), [])
    assert asked == ["SELECT title || '!' FROM books"]


def test_a_dropped_column_costs_the_queries_that_name_its_table(contract_server, asked):
    judge(contract_server, RUST, [])
    asked.clear()
    verdicts, made = judge(contract_server, RUST, ["ALTER TABLE books ADD COLUMN year int"])
    assert sorted(asked) == ["SELECT * FROM recent", "SELECT title FROM books"]
    assert made == 1, "the observed schema; the declared one is known"
    assert verdicts == ()


def test_a_torn_entry_is_asked_again(contract_server, asked, own_cache):
    first, _ = judge(contract_server, RUST, DRIFT)
    for path in own_cache.iterdir():
        path.write_bytes(path.read_bytes()[:-7])
    asked.clear()
    assert judge(contract_server, RUST, DRIFT)[0] == first
    assert len(asked) > 4


def test_another_release_asks_again(contract_server, asked, monkeypatch):
    judge(contract_server, RUST, [])
    asked.clear()
    monkeypatch.setattr("shared.analysis.lasting_memory.code_hash", lambda: "another release")
    judge(contract_server, RUST, [])
    assert len(asked) == 4
