"""A server that turns hostile after it was surveyed cannot hang the command that changes it."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import asyncpg
import pytest

from shared.diff.changes import ChangeKind
from shared.hosts import Host
from shared.kinds.step import Role
from shared.postgres.connection import TargetError
from shared.postgres.writing import apply
from shared.remediation.plan import Statement
from shared.remediation.stages import Stage
from shared.schema.identity import ObjectId
from shared.schema.profile import Profile
from shared.targets import Failure, FailureKind
from tests.hostile_servers import ROWS, host_of, turning, zeros
from tests.integration.apply.conftest import LIMITS, PASSWORD, Open, anyio_backend, database, host, target_of
from tests.integration.apply.test_apply_to_tenants import OBSERVED, Tenants, tenants

__all__ = ["anyio_backend", "database", "host", "tenants"]
pytestmark = pytest.mark.anyio
FLEETDRIFT = Path(sys.executable).with_name("fleetdrift")
CHANGE = b"ALTER TABLE"
CLAIM = b"pg_advisory_lock"  # the first words to a tenant that is to be changed


async def run(*argv: object) -> subprocess.CompletedProcess[str]:
    process = await asyncio.create_subprocess_exec(
        *map(str, argv), stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, "CHANGER": PASSWORD}
    )
    async with asyncio.timeout(60):
        stdout, stderr = await process.communicate()
    assert process.returncode is not None
    return subprocess.CompletedProcess(list(map(str, argv)), process.returncode, stdout.decode(), stderr.decode())


async def test_zero_bytes_while_a_tenant_is_changed_end_the_command_with_a_sentence(
    tenants: Tenants, database: Open, host: Host, postgres
) -> None:
    connection: asyncpg.Connection = await database(OBSERVED)
    tenants.connections = {"a": connection}
    tenants.places = {"a": await connection.fetchval("SELECT current_database()")}
    await tenants.report()
    with turning(postgres, ROWS, zeros, prepared=True, after=CLAIM) as hostile:
        config = tenants.config()
        words = config.read_text().replace(f'"{host.address}"', '"127.0.0.1"')
        words = words.replace(f"port = {host.port}\n", f'port = {hostile.port}\nsslmode = "disable"\n')
        config.write_text(words + "[limits]\ntenant_timeout = 3.0\n")
        began = time.monotonic()
        argv = [FLEETDRIFT, "apply", config.with_name("report.json"), "--config", config, "--all-of-group"]
        done = await run(*argv, "--execute", "--yes")
    assert hostile.turned == 1, done.stderr
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert (
        "fleetdrift: a server's answer made apply hang while it was at work on a: the command was killed. "
        "What was done stands in " in done.stderr
    )
    assert time.monotonic() - began < 60
    [progress] = config.parent.glob("*.progress.jsonl")
    assert progress.stat().st_size > 0


ADD = Stage(
    (
        Statement(
            sql="ALTER TABLE public.orders ADD extra int",
            object=ObjectId(kind="column", namespace="public", parent="orders", name="extra"),
            change=ChangeKind.MISSING,
            role=Role.CREATE,
            statement_timeout_ms=200,
        ),
    )
)


async def test_a_statement_that_is_never_answered_ends_soon_after_the_time_that_the_server_has_for_it(
    database: Open, postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apply, "_SERVER_CANCELS_WITHIN_SECONDS", 0.5)
    tenant = await database(OBSERVED)
    with turning(postgres, CHANGE, tuple) as hostile:
        began = time.monotonic()
        with pytest.raises(TargetError) as caught:
            async with apply.open_writer(
                host_of(hostile, "changer"), await target_of(tenant), Profile(), LIMITS
            ) as writer:
                await writer.run(ADD)
        assert caught.value.failure == Failure(FailureKind.TIMEOUT, "no answer in time")
        assert time.monotonic() - began < 20
