"""The owner of a database cannot hide it with settings that end the sessions of whoever connects."""

from __future__ import annotations

import asyncio
import gc
import secrets
from collections.abc import AsyncIterator

import asyncpg
import pytest

from shared.embedded.postgres import EmbeddedPostgres
from shared.hosts import Host
from shared.postgres.connection import TargetError
from shared.postgres.failures import handle_unawaited
from shared.postgres.owners import ENDS_CONNECTING, get_past
from shared.postgres.reading.observe import observe
from shared.targets import FailureKind, ReadRequest, Sighting, Target

pytestmark = pytest.mark.anyio

WANTED = ReadRequest(earlier=Sighting())
SETTINGS: dict[str, tuple[str, ...]] = {
    "transaction_timeout": ("transaction_timeout = '1ms'",),
    "idle_session_timeout": ("idle_session_timeout = '1ms'",),
    "idle_in_transaction_session_timeout": ("idle_in_transaction_session_timeout = '1ms'",),
    "statement_timeout": ("statement_timeout = '1ms'",),
    "lock_timeout": ("lock_timeout = '1ms'",),
    "a library that is not there": ("local_preload_libraries = 'no_such_library'",),
    "a library that is not allowed": ("local_preload_libraries = '../no/such'",),
    "an encoding": ("client_encoding = 'LATIN1'",),
    "a role": ("role = 'nobody'",),
}
SETTINGS["all at once"] = tuple(setting for settings in SETTINGS.values() for setting in settings)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def worker_s_loop() -> AsyncIterator[None]:
    """Let the loop handle what nobody awaited as a worker's does."""
    loop = asyncio.get_running_loop()
    before = loop.get_exception_handler()
    loop.set_exception_handler(handle_unawaited)
    yield
    gc.collect()
    loop.set_exception_handler(before)


@pytest.mark.parametrize("whose", ["DATABASE", "ROLE"])
@pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS)
@pytest.mark.usefixtures("worker_s_loop")
async def test_a_tenant_is_read_past_its_owner_s(postgres: EmbeddedPostgres, settings, whose):
    tenant, scanner = (f"{kind}_{secrets.token_hex(4)}" for kind in ("tenant", "scanner"))
    host = Host(name="h", address=str(postgres.socket_dir), port=postgres.port, user=scanner)
    target = Target(tenant="t", host="h", database=tenant)
    admin = await asyncpg.connect(postgres.dsn())
    try:
        await admin.execute(f"CREATE ROLE {scanner} LOGIN")
        await admin.execute(f"CREATE DATABASE {tenant}")
        owner = await asyncpg.connect(postgres.dsn(tenant))
        await owner.execute("CREATE TABLE customers (id integer PRIMARY KEY, name text DEFAULT 'größe')")
        await owner.close()
        undisturbed = await observe(host, target, WANTED)
        for setting in settings:
            await admin.execute(f"ALTER {whose} {tenant if whose == 'DATABASE' else scanner} SET {setting}")
        assert (await observe(host, target, WANTED)).snapshot == undisturbed.snapshot
    finally:
        await admin.execute(f"DROP DATABASE IF EXISTS {tenant} WITH (FORCE)")
        await admin.execute(f"DROP ROLE IF EXISTS {scanner}")
        await admin.close()


def cut(code: str) -> TargetError:
    return TargetError(FailureKind.PROTOCOL, f"ended with {code}", code)


class Server:
    """Ends each connection with the next code; the one after the last succeeds."""

    def __init__(self, *codes: str) -> None:
        self.codes = list(codes)
        self.sent: list[dict[str, str]] = []

    async def connect(self, overrides: dict[str, str]) -> str:
        self.sent.append(overrides)
        if self.codes:
            raise cut(self.codes.pop(0))
        return "connected"


async def test_nothing_is_overridden_as_long_as_nothing_was_cut_off():
    server = Server()
    assert await get_past(server.connect, ENDS_CONNECTING) == "connected"
    assert server.sent == [{}]


async def test_only_what_cut_the_connection_off_is_overridden():
    server = Server("25P04", "58P01")
    assert await get_past(server.connect, ENDS_CONNECTING) == "connected"
    every = {name for overrides in ENDS_CONNECTING.values() for name in overrides}
    assert server.sent[:2] == [{}, {"transaction_timeout": "0"}]
    assert [set(sent) for sent in server.sent[2:]] == [every]  # two of them: there may be more


async def test_a_setting_that_the_server_does_not_know_is_left_out():
    server = Server("08003", "42704")
    assert await get_past(server.connect, ENDS_CONNECTING) == "connected"
    assert server.sent[-1] == {"idle_in_transaction_session_timeout": "0", "idle_session_timeout": "0"}


async def test_a_pooler_that_passes_no_setting_on_is_a_failure_that_names_the_setting():
    with pytest.raises(TargetError, match=r"\(idle_session_timeout\).*reset it") as caught:
        await get_past(Server("57P05", "08P01").connect, ENDS_CONNECTING)
    assert caught.value.failure.kind is FailureKind.UNSUPPORTED


async def test_a_failure_that_no_setting_made_is_the_failure():
    server = Server("28P01")
    with pytest.raises(TargetError, match="ended with 28P01"):
        await get_past(server.connect, ENDS_CONNECTING)
    assert len(server.sent) == 1


async def test_a_server_that_ends_every_connection_for_another_reason_is_given_up():
    server = Server(*("25P04", "42704") * 20)
    with pytest.raises(TargetError):
        await get_past(server.connect, ENDS_CONNECTING)
    assert len(server.sent) <= 4
