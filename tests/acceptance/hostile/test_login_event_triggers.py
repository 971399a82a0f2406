"""A database whose trigger runs at every login (since PostgreSQL 17) speaks for itself and for nobody else."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest

from coordinator.report.model import TenantStatus
from tests.acceptance.hostile.matrix import HOSTILE, SCANNER, SCHEMA, Matrix

ON_LOGIN = """
CREATE TABLE public.logins (who name); GRANT INSERT ON public.logins TO PUBLIC;
CREATE FUNCTION public.enter() RETURNS event_trigger LANGUAGE plpgsql AS $do$ BEGIN {} END $do$;
CREATE EVENT TRIGGER enter ON login EXECUTE FUNCTION public.enter();
"""
MANY = tuple(f"{HOSTILE}-{number}" for number in range(5))
ONE_BY_ONE = "[scan]\nconcurrency = 1\n"
HASTY = "[limits]\nconnect_timeout = 0.5\ntenant_timeout = 3.0\n"


@pytest.mark.parametrize("code", ["P0001", "57P03", "28P01", "3D000", "08006", "53300"])
def test_a_login_trigger_that_raises_speaks_for_its_own_tenant_whatever_error_it_makes_up(
    matrix: Matrix, code: str
) -> None:
    """57P03 is what a server says that is starting: it would speak for every tenant of the host."""
    asyncio.run(matrix.make(HOSTILE, SCHEMA + ON_LOGIN.format(f"RAISE 'go away' USING ERRCODE = '{code}';")))
    seen = matrix.seen(ONE_BY_ONE, hostile=MANY)
    assert seen.failure == "permission: code of the database's own lets nobody in (a login trigger?): go away"


def test_a_login_trigger_that_hangs_ends_in_time_and_costs_nobody_else(matrix: Matrix) -> None:
    asyncio.run(matrix.make(HOSTILE, SCHEMA + ON_LOGIN.format("PERFORM pg_sleep(60);")))
    seen = matrix.seen(HASTY + ONE_BY_ONE, hostile=MANY)
    assert seen.failure == "timeout: the host answers, but let nobody into the database in time"


def test_a_login_trigger_that_writes_is_read_as_usual(matrix: Matrix) -> None:
    """It writes as the scanner, before anything of ours can be said; our own transactions write nothing."""
    asyncio.run(matrix.make(HOSTILE, SCHEMA + ON_LOGIN.format("INSERT INTO public.logins VALUES (session_user);")))
    seen = matrix.seen()
    assert seen.tenant.status is TenantStatus.DRIFTED
    assert seen.changes == ["column who", "event_trigger enter", "routine enter", "table logins"]
    assert SCANNER in asyncio.run(_logins(matrix))


async def _logins(matrix: Matrix) -> set[str]:
    owner = await asyncpg.connect(matrix.server.dsn(HOSTILE))
    try:
        return {row["who"] for row in await owner.fetch("SELECT who FROM public.logins")}
    finally:
        await owner.close()
