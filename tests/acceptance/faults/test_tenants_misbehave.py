"""Servers that hang, refuse, say nonsense or never end cost their own tenants, each with its reason."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterable, Iterator

import pytest

from coordinator.fleet.target_runs import TargetResults, read_targets
from shared.embedded.postgres import EmbeddedPostgres
from shared.embedded.redis import EmbeddedRedis
from shared.targets import Failure, FailureKind, Target
from tests.acceptance.engine.conftest import CANARY, ROLE, Engine, Fleet, open_engine
from tests.fake_server import fake_server
from tests.hostile_servers import FIRST_QUESTION, ROWS, endless_rows, turning, zeros

pytestmark = pytest.mark.anyio

LIMITS = {"connect_timeout": 3.0, "tenant_timeout": 6.0, "reader_memory": 64 * 1024 * 1024}
EXPECTED = {
    "hangs": FailureKind.CONNECT_TIMEOUT,
    "refuses": FailureKind.REFUSED,
    "garbage": FailureKind.PROTOCOL,
    "closes": FailureKind.LOST,
    "endless": FailureKind.LIMIT,
    "zeros": FailureKind.PROTOCOL,
}


def hang_up() -> Iterable[bytes]:
    """Close the connection instead of answering."""
    raise ConnectionResetError


@contextlib.asynccontextmanager
async def hostile_ports(server: EmbeddedPostgres) -> AsyncIterator[dict[str, int]]:
    """Start a server of each kind."""
    with contextlib.ExitStack() as stack:
        silent = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        ports = {"hangs": silent.getsockname()[1], "refuses": 1}
        for name, at, answer, prepared in (
            ("closes", ROWS, hang_up, True),
            ("endless", ROWS, endless_rows, True),
            ("zeros", FIRST_QUESTION, zeros, False),
        ):
            ports[name] = stack.enter_context(turning(server, at, answer, prepared=prepared)).port
        async with fake_server(b"HTTP/1.1 400 Bad Request\r\n\r\n" * 20) as nonsense:
            yield ports | {"garbage": nonsense.port}


@pytest.fixture(scope="module")
def scanned(
    fleet: Fleet, redis_server: EmbeddedRedis, postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Engine, TargetResults]]:
    """One scan of the fleet with one tenant on each of these servers beside it."""

    async def scan(engine: Engine) -> TargetResults:
        async with hostile_ports(postgres) as ports:
            for name, port in ports.items():
                address = {"name": name, "address": "127.0.0.1", "port": port, "sslmode": "disable"}
                engine.hosts.append({**address, "user": ROLE, "password": CANARY, "max_connections": 2})
            engine.worker(slots=3, limits=LIMITS, hard=15)
            strange = tuple(Target(tenant=name, host=name, database="engine_fleet") for name in EXPECTED)
            async with engine.facilities(slots=3) as facilities:
                return await read_targets(facilities, engine.fleet.targets + strange)

    with open_engine(fleet, redis_server, postgres, tmp_path_factory.mktemp("misbehave")) as engine:
        yield engine, asyncio.run(scan(engine))


async def test_servers_that_misbehave_cost_no_other_tenant_anything(scanned):
    engine, outcome = scanned
    await engine.assert_nothing_lost(outcome, EXPECTED)


def reason(scanned: tuple[Engine, TargetResults], tenant: str) -> str:
    read = scanned[1].results[tenant]
    assert isinstance(read, Failure)
    return read.message


async def test_a_server_that_hangs_is_said_not_to_answer(scanned):
    assert reason(scanned, "hangs") == "no answer in time"


async def test_a_server_that_refuses_is_said_to_refuse(scanned):
    assert reason(scanned, "refuses").startswith("host refuses takes no connections; ")


async def test_a_server_that_says_nonsense_is_said_not_to_be_postgresql(scanned):
    assert reason(scanned, "garbage") == "the server's reply does not follow the PostgreSQL protocol"


async def test_a_server_that_closes_in_the_middle_is_said_to_have_closed(scanned):
    assert reason(scanned, "closes") == "the server ended the connection in the middle"


async def test_rows_without_an_end_are_said_to_take_too_much_memory(scanned):
    assert reason(scanned, "endless") == "the server's answer takes more memory than [limits] reader_memory allows"


async def test_sixty_four_zero_bytes_are_said_to_make_the_reader_hang(scanned):
    assert reason(scanned, "zeros") == "the server's answer made the reader hang; the process that read it was killed"
