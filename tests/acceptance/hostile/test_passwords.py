"""A server without TLS gets no password: not in clear, not as MD5, however it asks; and says so in a sentence."""

from __future__ import annotations

import pytest

from shared.hosts import Host, Secret
from shared.postgres.connection import TargetError, connect_tenant, connect_url
from shared.targets import FailureKind, Limits
from tests.fake_server import AUTHENTICATION_OK, CLEARTEXT, MD5, READY, fake_server

pytestmark = pytest.mark.anyio

CANARY = "canary-7c1f-password"
LIMITS = Limits(connect_timeout=3.0)
ASKING = {
    "in clear": (CLEARTEXT,),
    "as MD5": (MD5,),
    "byte by byte": tuple(bytes([byte]) for byte in CLEARTEXT),
    "after saying that all is well": (AUTHENTICATION_OK + CLEARTEXT,),
    "after a notice": (b"N" + (4 + 8).to_bytes(4, "big") + b"Mx\0C0\0\0\0" + MD5,),
}


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def host(port: int, **changes) -> Host:
    return Host(
        **{"name": "h", "address": "127.0.0.1", "port": port, "user": "u", "password": Secret(CANARY), **changes}
    )


@pytest.mark.parametrize("sslmode", ["", "prefer", "allow", "disable"])
@pytest.mark.parametrize("words", ASKING.values(), ids=ASKING)
async def test_no_password_is_given_without_tls(words, sslmode):
    async with fake_server(*words) as server:
        with pytest.raises(TargetError) as caught:
            await connect_tenant(host(server.port, sslmode=sslmode), "db", LIMITS)
        assert caught.value.failure.kind is FailureKind.AUTHENTICATION
        assert "the connection has no TLS: enable TLS or scram-sha-256 on the server" in str(caught.value)
    assert server.heard == b""


@pytest.mark.parametrize("words", [CLEARTEXT, MD5], ids=["in clear", "as MD5"])
async def test_no_password_of_a_url_is_given_without_tls(words):
    async with fake_server(words) as server:
        with pytest.raises(TargetError, match="the connection has no TLS"):
            await connect_url(f"postgresql://u:{CANARY}@127.0.0.1:{server.port}/db?sslmode=disable")
    assert server.heard == b""


async def test_a_password_is_given_in_clear_where_that_is_insisted_on():
    async with fake_server(CLEARTEXT, b"E" + (4 + 4).to_bytes(4, "big") + b"Mx\0\0") as server:
        with pytest.raises(TargetError):
            await connect_tenant(host(server.port, allow_weak_authentication=True), "db", LIMITS)
    assert CANARY.encode() in server.heard


async def test_nothing_goes_in_clear_to_another_machine_by_default(monkeypatch):
    monkeypatch.setattr("shared.postgres.place.is_loopback", lambda _: False)  # as if 127.0.0.1 were far away
    async with fake_server(READY) as server:
        with pytest.raises(TargetError) as caught:
            await connect_tenant(host(server.port), "db", LIMITS)
        with pytest.raises(TargetError, match="the server offers no TLS, and sslmode is require"):
            await connect_url(f"postgresql://u:{CANARY}@127.0.0.1:{server.port}/db")
    assert str(caught.value) == (
        "the server offers no TLS, and sslmode is require: enable TLS on the server, or set "
        'sslmode = "disable" where nobody can listen'
    )
    assert server.startups == []


async def test_a_flood_before_authentication_ends_at_once():
    async with fake_server(b"N" + (0x7FFFFFFF).to_bytes(4, "big")) as server:
        with pytest.raises(TargetError) as caught:
            await connect_tenant(host(server.port), "db", LIMITS)
    assert caught.value.failure.kind is FailureKind.PROTOCOL
