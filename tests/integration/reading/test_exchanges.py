"""How often a reader waits for a server's answer: across a network, this is what a daily scan costs."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from shared.embedded.postgres import EmbeddedPostgres
from shared.hosts import Host
from shared.postgres.connection import close, connect_tenant, connect_url
from shared.postgres.reading.observe import observe
from shared.targets import Limits, ReadRequest, Sighting, Target

TARGET = Target(tenant="t", host="one", database="postgres")


class Wire:
    """Stands between a client and a server, and counts how often the client speaks after it has heard an answer."""

    def __init__(self, server: EmbeddedPostgres) -> None:
        self._socket = f"{server.socket_dir}/.s.PGSQL.{server.port}"
        self._client_spoke_last = False
        self.exchanges = 0

    async def count(self, use: Callable[[Host], Awaitable[object]]) -> int:
        """Count the exchanges of one use, the handshake included."""
        self.exchanges = 0
        listener = await asyncio.start_server(self._client, "127.0.0.1", 0)
        async with listener:
            port = listener.sockets[0].getsockname()[1]
            await use(Host(name="one", address="127.0.0.1", port=port, user="wired", sslmode="disable"))
        return self.exchanges

    async def _client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answers, questions = await asyncio.open_unix_connection(self._socket)
        self._client_spoke_last = False
        await asyncio.gather(self._pass(reader, questions, asks=True), self._pass(answers, writer, asks=False))

    async def _pass(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, *, asks: bool) -> None:
        while chunk := await source.read(65536):
            self.exchanges += asks and not self._client_spoke_last
            self._client_spoke_last = asks
            sink.write(chunk)
        sink.close()


@pytest.fixture
def wire(postgres: EmbeddedPostgres) -> Wire:
    async def prepare() -> None:
        admin = await connect_url(postgres.dsn())
        await admin.execute("DROP ROLE IF EXISTS wired; CREATE ROLE wired LOGIN")
        await admin.close()

    asyncio.run(prepare())
    return Wire(postgres)


def test_a_connection_is_checked_in_one_exchange(wire: Wire):
    async def connect(host: Host) -> None:
        await close(await connect_tenant(host, "postgres", Limits()))

    assert asyncio.run(wire.count(connect)) == 1 + 1 + 1  # handshake, server process and role, goodbye


def test_what_a_reading_asks_stays_few(wire: Wire, postgres: EmbeddedPostgres):
    async def readings() -> dict[str, int]:
        past_the_wire = Host(name="one", address=str(postgres.socket_dir), port=postgres.port, user="wired")
        first = await observe(past_the_wire, TARGET, ReadRequest(earlier=Sighting()))

        def reading(request: ReadRequest) -> Callable[[Host], Awaitable[object]]:
            return lambda host: observe(host, TARGET, request)

        second = await observe(past_the_wire, TARGET, ReadRequest(earlier=first.sighting))
        known, names = {first.fingerprint}, {first.statement: first.fingerprint}
        return {
            "whole": await wire.count(reading(ReadRequest(earlier=Sighting()))),
            "fingerprint": await wire.count(reading(ReadRequest(known=known, names=names))),
            "glance": await wire.count(reading(ReadRequest(known=known, earlier=second.sighting))),
        }

    assert asyncio.run(readings()) == {"whole": 26, "fingerprint": 17, "glance": 15}
