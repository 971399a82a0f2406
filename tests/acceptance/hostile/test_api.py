"""What a web page, a rebound host name and a client that never ends its request get from the HTTP API: nothing."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import secrets
import socket
from collections.abc import AsyncIterator

import asyncpg
import httpx
import pytest

from coordinator.daemon.api.app import build_api
from coordinator.daemon.api.callers import Callers
from coordinator.daemon.api.fleets import ServedFleet
from coordinator.daemon.api.limits import HttpLimits
from coordinator.daemon.api.protocol import BoundedProtocol
from coordinator.daemon.api.serve import serve
from coordinator.daemon.metrics import FleetMetrics, MetricsPage
from coordinator.daemon.scan_service import QueuedScans
from coordinator.records.stored import StoredRecords
from coordinator.store.store import Store
from shared.embedded.postgres import EmbeddedPostgres
from shared.hosts import Secret
from tests.integration.engine.test_coordinator_api import nobody
from tests.reports import demo

pytestmark = pytest.mark.anyio

FLEET = demo().body.fleet
QUICK = HttpLimits(max_connections=20, request_timeout=0.5, rate=1000)
BODY = b"x" * (QUICK.max_body_bytes + 1)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def store(postgres: EmbeddedPostgres) -> AsyncIterator[Store]:
    name = f"store_{secrets.token_hex(4)}"
    admin = await asyncpg.connect(postgres.dsn())
    await admin.execute(f"CREATE DATABASE {name}")
    async with Store.open(Secret(postgres.dsn(name))) as store:
        yield store
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()


@contextlib.asynccontextmanager
async def running(store: Store, limits: HttpLimits = QUICK, **options) -> AsyncIterator[httpx.AsyncClient]:
    """Serve the API over a store, without performing the scans that are asked for."""

    async def perform(scan):
        return demo()

    async def check():
        return []

    metrics = FleetMetrics(FLEET)
    records = StoredRecords(store, FLEET, dt.timedelta(days=1))
    service = QueuedScans(FLEET, store, metrics, perform=perform, check=check)
    served = ServedFleet(FLEET, service, records, workers=nobody, store=store)
    api = build_api({FLEET: served}, MetricsPage(metrics).write, Callers(store.credentials))
    listening: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(serve(api, "127.0.0.1", 0, limits=limits, on_listening=listening.set_result, **options))
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{await listening}") as client:
            yield client
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def origin_of(client: httpx.AsyncClient) -> tuple[str, int]:
    assert client.base_url.port is not None
    return client.base_url.host, client.base_url.port


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example", "content-type": "text/plain"},
        {"origin": "null", "content-type": "text/plain"},
        {"origin": "http://127.0.0.1:1"},
        {"origin": "http://localhost.evil.example"},
        {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"},
        {"sec-fetch-site": "same-site"},
    ],
    ids=lambda headers: " ".join(headers.values()),
)
async def test_a_page_of_another_origin_asks_for_no_scan(store, headers):
    async with running(store) as client:
        assert (await client.post("/api/v1/scans", headers=headers)).status_code == 403
        assert (await client.get("/api/v1/scans")).json()["scans"] == []


@pytest.mark.parametrize(
    "path", ["/api/v1/shapes/x/diff?observed=a%00b", "/api/v1/tenants?name=%00", "/changes?object=%00"]
)
async def test_a_parameter_with_a_character_that_the_store_keeps_in_no_text_is_refused(store, path):
    async with running(store) as client:
        answer = await client.get(path)
    assert answer.status_code == 400
    assert answer.json()["detail"] == "a parameter may not have the character NUL"


async def test_a_page_of_the_api_s_own_origin_may_ask(store):
    async with running(store) as client:
        own = str(client.base_url).rstrip("/")
        headers = {"origin": own, "sec-fetch-site": "same-origin"}
        assert (await client.post("/api/v1/scans", headers=headers)).status_code == 202


@pytest.mark.parametrize("host", ["evil.example", "evil.example:9187", "localhost.evil.example", "a@localhost", "x y"])
async def test_nothing_is_answered_under_a_rebound_host_name(store, host):
    async with running(store) as client:
        for path in ("/api/v1/scans", "/api/v1/scans/latest/report", "/metrics", "/healthz", "/openapi/openapi.json"):
            assert (await client.get(path, headers={"host": host})).status_code in {400, 421}


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:9187", "127.0.0.1", "10.1.2.3:9187", "[::1]:9187", "fd.internal"]
)
async def test_the_api_answers_under_its_own_names(store, host):
    async with running(store, names=("FD.internal",)) as client:
        assert (await client.get("/healthz", headers={"host": host})).status_code == 200


async def test_an_answer_does_not_wait_for_its_reader_to_acknowledge_the_first_half(store, monkeypatch):
    seen: list[int] = []
    made = BoundedProtocol.connection_made

    def look(self, transport) -> None:
        seen.append(transport.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        made(self, transport)

    monkeypatch.setattr(BoundedProtocol, "connection_made", look)
    async with running(store) as client:
        await client.get("/healthz")
    assert all(seen)
    assert seen


async def test_half_sent_headers_keep_no_connection_open(store):
    async with running(store) as client:
        held = []
        for _ in range(90):
            reader, writer = await asyncio.open_connection(*origin_of(client))
            writer.write(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
            held.append((reader, writer))
        assert (await client.get("/healthz")).status_code == 200  # while they are all there
        started = asyncio.get_running_loop().time()
        for reader, writer in held:
            with contextlib.suppress(ConnectionError):
                assert await reader.read() == b""
            writer.close()
        assert asyncio.get_running_loop().time() - started < 2


async def test_bytes_that_trickle_in_win_no_time(store):
    async with running(store) as client:
        reader, writer = await asyncio.open_connection(*origin_of(client))
        ended = asyncio.create_task(reader.read())
        for byte in b"GET /healthz HTTP/1.1\r\n" + b"X" * 100:
            if ended.done():
                break
            writer.write(bytes([byte]))
            await asyncio.sleep(0.05)
        assert ended.done()
        with contextlib.suppress(ConnectionError):
            assert ended.result() == b""
        writer.close()


async def test_a_body_that_is_never_sent_keeps_no_connection_open(store):
    async with running(store) as client:
        reader, writer = await asyncio.open_connection(*origin_of(client))
        writer.write(b"POST /api/v1/scans HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nx")
        with contextlib.suppress(ConnectionError):
            async with asyncio.timeout(5):
                await reader.read()
        writer.close()


@pytest.mark.parametrize(
    "headers",
    [{"x-long": "x" * 40_000}, {f"x-{n}": "x" * 100 for n in range(300)}],
    ids=["one long header", "many headers"],
)
async def test_headers_are_bounded(store, headers):
    async with running(store) as client:
        assert (await client.get("/healthz", headers=headers)).status_code in {400, 431}


async def test_headers_without_an_end_are_bounded(store):
    async with running(store, HttpLimits(request_timeout=30)) as client:
        reader, writer = await asyncio.open_connection(*origin_of(client))
        writer.write(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Long: " + b"x" * 100_000)
        with contextlib.suppress(ConnectionError):
            async with asyncio.timeout(5):
                assert (await reader.read()).startswith(b"HTTP/1.1 400 ")
        writer.close()


async def test_bodies_are_bounded(store):
    async with running(store) as client:
        assert (await client.post("/api/v1/scans", content=BODY)).status_code == 413
        reader, writer = await asyncio.open_connection(*origin_of(client))
        writer.write(b"POST /api/v1/scans HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n")
        assert (await reader.readline()).startswith(b"HTTP/1.1 411 ")
        writer.close()
        assert (await client.get("/api/v1/scans")).json()["scans"] == []


async def test_the_body_of_a_form_is_short(store):
    async with running(store) as client:
        assert (await client.post("/login", content=b"x" * (QUICK.max_form_bytes + 1))).status_code == 413


async def test_a_scan_of_ten_thousand_tenants_may_be_asked_for(store):
    names = [f"tenant-{number:05d}.customers.example" for number in range(10_000)]
    async with running(store) as client:
        asked = await client.post("/api/v1/scans", json={"selection": {"tenants": names}})
        assert asked.status_code == 202, asked.text


async def test_a_client_that_sends_far_too_much_is_told_so(store):
    async with running(store, HttpLimits(rate=1000)) as client:
        for _ in range(10):
            assert (await client.post("/api/v1/scans", content=b"x" * 12_000_000)).status_code == 413


async def test_a_client_that_asks_too_often_is_told_so(store):
    async with running(store, HttpLimits(rate=0.5)) as client:
        answers = [(await client.get("/healthz")).status_code for _ in range(7)]
    assert answers == [200] * 5 + [429] * 2


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/scans/%00/report",
        "/api/v1/scans/%00",
        "/api/v1/scans/a%00b",
        "/api/v1/scans/%0a/report",
        "/api/v1/scans/%ff%fe/report",
    ],
)
async def test_an_id_that_no_text_can_hold_is_not_found(store, path):
    async with running(store) as client:
        assert (await client.get(path)).status_code == 404


async def test_head_is_answered_as_get_without_a_body(store):
    async with running(store) as client:
        answer = await client.head("/healthz")
        assert (answer.status_code, answer.content) == (200, b"")
        assert (await client.get("/healthz")).json()["status"] == "ok"
