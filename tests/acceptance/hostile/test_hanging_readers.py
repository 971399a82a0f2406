"""A server whose answer makes the reader hang, or takes its memory, costs its own tenant and nobody else."""

from __future__ import annotations

import asyncio
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from coordinator.fleet.in_process import InProcess
from coordinator.inventory.query import discover
from coordinator.settings.model import DiscoverTable
from shared.hosts import Host
from shared.postgres.connection import TargetError
from shared.postgres.reading.introspect import CatalogRows, ObjectLine, build_snapshot
from shared.schema.profile import Profile
from shared.schema.schema import Snapshot
from shared.targets import Failure, FailureKind, Limits, Observation, Target
from tests.hostile_servers import (
    FIRST_QUESTION,
    ROWS,
    endless_copy,
    endless_rows,
    host_of,
    one_large_row,
    turning,
    zeros,
)
from workers.isolated.readers import HUNG, Readers

MEMORY = 128 * 1024 * 1024
LIMITS = Limits(tenant_timeout=2.0, statement_timeout=60.0, reader_memory=MEMORY)
HONEST = tuple(Target(tenant=f"honest{number}", host="honest", database="pooled") for number in range(6))
HOSTILE = Target(tenant="hostile", host="hostile", database="pooled")


def check(server, hostile, limits=LIMITS):
    """Read six honest tenants and a hostile one, all at once, as `check` does."""
    honest = Host(name="honest", address=str(server.socket_dir), port=server.port, user="owner")
    hosts = {"honest": honest, "hostile": host_of(hostile, "owner")}

    async def run():
        reader = InProcess(hosts, limits, Profile(), concurrency=16)
        results = await reader.read((*HONEST, HOSTILE))
        return results, reader.snapshots

    return asyncio.run(run())


def assert_undisturbed(results, snapshots):
    found = {results[target.tenant] for target in HONEST}
    assert len(found) == 1
    [seen] = found
    assert isinstance(seen, Observation)
    assert seen.fingerprint in snapshots
    assert len(results) == len(HONEST) + 1


def test_zero_bytes_after_the_handshake_cost_their_own_tenant_only(pooled_server):
    with turning(pooled_server, FIRST_QUESTION, zeros) as hostile:
        results, snapshots = check(pooled_server, hostile)
    assert_undisturbed(results, snapshots)
    assert results["hostile"] == Failure(
        FailureKind.PROTOCOL, "the server's answer made the reader hang; the process that read it was killed"
    )


@pytest.mark.parametrize("answer", [endless_rows, one_large_row])
def test_an_answer_that_takes_too_much_memory_ends_as_a_limit(pooled_server, answer):
    limits = Limits(tenant_timeout=60.0, statement_timeout=60.0, reader_memory=MEMORY)
    with turning(pooled_server, ROWS, answer, prepared=True) as hostile:
        results, snapshots = check(pooled_server, hostile, limits)
    assert_undisturbed(results, snapshots)
    assert results["hostile"] == Failure(
        FailureKind.LIMIT, "the server's answer takes more memory than [limits] reader_memory allows"
    )
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    assert most < 2 * MEMORY + resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def test_a_copy_without_an_end_ends_as_a_limit(pooled_server):
    with turning(pooled_server, FIRST_QUESTION, endless_copy) as hostile:
        results, snapshots = check(pooled_server, hostile)
    assert_undisturbed(results, snapshots)
    assert results["hostile"].kind is FailureKind.LIMIT


def test_an_object_that_is_nested_too_deep_ends_as_a_limit():
    line = '{"unknown":' + "[" * 100_000 + "]" * 100_000 + ',"kind":"table"}'
    read = CatalogRows(160000, (ObjectLine("table", "1259:1:0", line),), (), ())
    with pytest.raises(TargetError) as caught:
        build_snapshot(read, "", Profile())
    assert caught.value.failure.kind is FailureKind.LIMIT


def url_of(hostile):
    return f"postgresql://owner@127.0.0.1:{hostile.port}/pooled?sslmode=disable"


def test_a_hanging_source_ends_as_a_failure(pooled_server):
    """`diff`, `snapshot` and `fingerprint` read their databases so."""

    async def run(url):
        async with Readers(LIMITS) as readers:
            return await readers.snapshot(url, Profile())

    with turning(pooled_server, ROWS, zeros, prepared=True) as hostile, pytest.raises(TargetError) as caught:
        asyncio.run(run(url_of(hostile)))
    assert caught.value.failure == HUNG


def test_a_hanging_server_ends_a_discovery_as_a_failure(pooled_server):
    table = DiscoverTable(host="hostile", databases="*")
    with turning(pooled_server, FIRST_QUESTION, zeros) as hostile, pytest.raises(TargetError) as caught:
        asyncio.run(discover([host_of(hostile, "owner")], table, LIMITS))
    assert caught.value.failure == HUNG


def test_a_hanging_tenant_is_not_reached_by_apply_and_the_others_are(pooled_server):
    honest = Host(name="honest", address=str(pooled_server.socket_dir), port=pooled_server.port, user="owner")

    async def run(hostile):
        async with Readers(LIMITS) as readers:
            return await asyncio.gather(
                readers.schema_to_change(honest, HONEST[0], Profile()),
                readers.schema_to_change(host_of(hostile, "owner"), HOSTILE, Profile()),
                return_exceptions=True,
            )

    with turning(pooled_server, FIRST_QUESTION, zeros) as hostile:
        snapshot, error = asyncio.run(run(hostile))
    assert isinstance(snapshot, Snapshot)
    assert isinstance(error, TargetError)
    assert error.failure == HUNG


READS_FOR_EVER = """
import asyncio, os, signal, sys
from shared.schema.profile import Profile
from shared.targets import Limits
from workers.isolated.readers import Readers

async def run():
    async with Readers(Limits()) as readers:
        reading = asyncio.create_task(readers.snapshot(sys.argv[1], Profile()))
        await asyncio.sleep(0.5)
        print(readers.process, flush=True)
        await reading

signal.signal(signal.SIGINT, signal.default_int_handler)  # as `main` does: who starts the tests may ignore it
asyncio.run(run())
"""


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL], ids=["interrupted", "killed"])
def test_a_hanging_reader_ends_with_its_command(pooled_server, how):
    with turning(pooled_server, FIRST_QUESTION, zeros) as hostile:
        command = subprocess.Popen(
            [sys.executable, "-c", READS_FOR_EVER, url_of(hostile)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        assert command.stdout is not None
        reader = int(command.stdout.readline())
        assert Path(f"/proc/{reader}").exists()
        command.send_signal(how)
        command.wait(30)
        command.stdout.close()
    deadline = time.monotonic() + 5
    while Path(f"/proc/{reader}").exists():
        assert time.monotonic() < deadline, "the reader outlived its command"
        time.sleep(0.02)
