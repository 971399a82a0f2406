"""Many statements are asked at once on a connection that asyncpg has before and afterwards."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest

from shared.postgres.scratch.pipeline import ask_all, prepare_step, simple_step


def on_a_connection(server, act):
    async def run():
        connection = await asyncpg.connect(server.dsn(), statement_cache_size=0)
        try:
            return await act(connection)
        finally:
            connection.terminate()

    return asyncio.run(run())


def test_a_refused_statement_ends_none_of_the_others(contract_server):
    async def act(connection):
        replies = await ask_all(
            connection,
            [
                prepare_step("a", "SELECT $1::int AS n, relname FROM pg_class"),
                prepare_step("b", "SELECT nothing"),
                simple_step("EXPLAIN EXECUTE a (NULL)"),
                prepare_step("c", "SELECT $1", [20]),
            ],
        )
        return replies, await connection.fetchval("SELECT 7")

    (first, second, planned, typed), after = on_a_connection(contract_server, act)
    assert (first.parameters, [column.name for column in first.columns]) == ((23,), ["n", "relname"])
    assert first.columns[0].table == 0
    assert first.columns[1].table > 0
    assert second.error is not None
    assert (second.error["C"], second.error["M"]) == ("42703", 'column "nothing" does not exist')
    assert planned.error is None
    assert typed.parameters == (20,)
    assert after == 7, "asyncpg has its connection back"


def test_a_server_that_goes_away_meanwhile_is_said_to_both(contract_server):
    async def act(connection):
        with pytest.raises(asyncpg.InterfaceError, match="was closed while"):
            await ask_all(connection, [simple_step("SELECT pg_terminate_backend(pg_backend_pid())")] * 2)
        return connection.is_closed()

    assert on_a_connection(contract_server, act) is True


def test_what_is_interrupted_leaves_no_answers_for_the_next_one(contract_server):
    async def act(connection):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await ask_all(connection, [simple_step("SELECT pg_sleep(30)")])
        return connection.is_closed()

    assert on_a_connection(contract_server, act) is True


def test_an_answer_of_many_megabytes_arrives_in_pieces(contract_server):
    async def act(connection):
        columns = ", ".join(f"{number} AS column_with_a_long_name_{number}" for number in range(1500))
        steps = [prepare_step(f"s{number}", f"SELECT {columns}") for number in range(60)]
        return await ask_all(connection, steps)

    replies = on_a_connection(contract_server, act)
    assert {len(reply.columns) for reply in replies} == {1500}
