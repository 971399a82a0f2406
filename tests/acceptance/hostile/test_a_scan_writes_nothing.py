"""After a scan the tenants' server has written nothing: no log, no row, no transaction id, no temporary file."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import asyncpg
import pytest

from shared.embedded.postgres import EmbeddedPostgres
from tests.acceptance.hostile.matrix import HONEST, Matrix

STATE = """
SELECT pg_current_wal_insert_lsn()::text AS log, pg_snapshot_xmax(pg_current_snapshot())::text AS next_transaction,
    (SELECT json_agg(json_build_array(datname, tup_inserted, tup_updated, tup_deleted, temp_files, temp_bytes)
        ORDER BY datname)::text FROM pg_stat_database) AS rows_and_temporary_files,
    (SELECT json_agg(f ORDER BY f.name)::text FROM pg_ls_tmpdir() f) AS temporary_files_now,
    (SELECT count(*) FROM pg_stat_activity WHERE application_name = 'fleetdrift') AS sessions
"""
TRIES = 4
"""A reader may tidy a page of the catalogs for the first time, and a checkpoint may come; what a scan wrote would come
each time."""


SESSIONS_END_SECONDS = 30.0


@pytest.fixture(scope="module")
def alone(matrix: Matrix, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Matrix]:
    """The same fleet on a server of its own, to which nobody else writes."""
    with EmbeddedPostgres() as server:
        yield Matrix(server, matrix.scratch, tmp_path_factory.mktemp("alone"))


def state(matrix: Matrix) -> dict[str, object]:
    async def ask() -> dict[str, object]:
        connection = await asyncpg.connect(matrix.server.dsn())
        try:
            async with asyncio.timeout(SESSIONS_END_SECONDS):
                while (row := dict(await connection.fetchrow(STATE)))["sessions"]:  # noqa: ASYNC110  # no event tells of it
                    await asyncio.sleep(0.05)  # a session adds up its counters when it has ended
                return row
        finally:
            await connection.close()

    return asyncio.run(ask())


def test_a_scan_writes_no_log_no_row_and_no_temporary_file(alone: Matrix) -> None:
    before = state(alone)
    for _ in range(TRIES):
        report = alone.report(tuple(HONEST))
        assert report.content_hash == alone.undisturbed.content_hash
        before, earlier = state(alone), before
        if before == earlier:
            return
    assert before == earlier


def test_one_row_that_is_written_would_be_seen(alone: Matrix) -> None:
    before = state(alone)

    async def write() -> None:
        connection = await asyncpg.connect(alone.server.dsn(next(iter(HONEST))))
        await connection.execute("BEGIN; INSERT INTO customers VALUES (1, ''); ROLLBACK")
        await connection.close()

    asyncio.run(write())
    after = state(alone)
    assert {name for name in before if before[name] != after[name]} == {
        "log", "next_transaction", "rows_and_temporary_files",
    }  # fmt: skip
