"""A tenant's server is hostile and precious: how it is connected to, how it is read, and how it fails."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import asyncpg
import msgspec
import pytest

from shared.embedded.postgres import EmbeddedPostgres
from shared.hosts import Host, Secret
from shared.postgres.connection import TargetError, close, connect_tenant, connect_url
from shared.postgres.reading import sighting
from shared.postgres.reading.introspect import read_snapshot
from shared.postgres.reading.observe import observe
from shared.postgres.session import ask, read_transaction
from shared.schema.profile import Profile
from shared.targets import Depth, Failure, FailureKind, Limits, Observation, ReadRequest, Sighting, Target
from tests.fingerprints import read_fingerprint

CANARY = "canary-Pa$$word"
LIMITS = Limits()


@pytest.fixture(scope="module")
def guarded():
    """A server that asks for passwords over TCP, with one tenant."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with EmbeddedPostgres(in_memory=True, port=port) as server:

        async def prepare():
            admin = await connect_url(server.dsn())
            await admin.execute(
                f"CREATE ROLE scanner LOGIN PASSWORD '{CANARY}'; CREATE ROLE boss SUPERUSER LOGIN PASSWORD '{CANARY}'"
            )
            await admin.execute(
                "CREATE ROLE copier REPLICATION LOGIN; CREATE ROLE seer BYPASSRLS LOGIN; CREATE ROLE shut LOGIN"
            )
            await admin.execute("CREATE DATABASE tenant")
            await admin.execute("CREATE DATABASE closed; ".rstrip("; "))
            await admin.execute("REVOKE CONNECT ON DATABASE closed FROM PUBLIC")
            folder = Path(await admin.fetchval("SHOW data_directory"))
            (folder / "pg_hba.conf").write_text("local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n")
            await admin.execute("SELECT pg_reload_conf()")
            await admin.close()
            tenant = await connect_url(server.dsn("tenant"))
            await tenant.execute(
                "CREATE TABLE orders (id int PRIMARY KEY, note text); CREATE VIEW few AS SELECT id FROM orders"
            )
            await tenant.close()

        asyncio.run(prepare())
        yield server


def host(server: EmbeddedPostgres, user: str = "scanner", **changes) -> Host:
    return Host(**{"name": "one", "address": str(server.socket_dir), "port": server.port, "user": user, **changes})


def failure(server: EmbeddedPostgres, database: str = "tenant", limits: Limits = LIMITS, **changes) -> Failure:
    async def attempt():
        with pytest.raises(TargetError) as caught:
            await observe(
                host(server, **changes), Target(tenant="t", host="one", database=database), ReadRequest(limits=limits)
            )
        return caught.value.failure

    return asyncio.run(attempt())


def test_a_role_that_can_only_connect_reads_everything(guarded):
    async def read():
        least = await connect_tenant(host(guarded), "tenant", Limits())
        trusted = await connect_url(guarded.dsn("tenant"))
        try:
            return await read_snapshot(least), await read_snapshot(trusted)
        finally:
            await close(least)
            await close(trusted)

    least, trusted = asyncio.run(read())
    assert least == trusted


@pytest.mark.parametrize(("role", "held"), [("boss", "superuser"), ("copier", "replication"), ("seer", "bypassrls")])
def test_a_role_that_could_do_harm_is_refused(guarded, role, held):
    refused = failure(guarded, user=role)
    assert refused.kind is FailureKind.UNSAFE_ROLE
    assert held in refused.message


def test_a_user_can_insist_on_an_unsafe_role(guarded):
    async def read():
        limits = Limits(allow_unsafe_role=True)
        target = Target(tenant="t", host="one", database="tenant")
        return await observe(host(guarded, "boss"), target, ReadRequest(limits=limits))

    assert asyncio.run(read()).snapshot is not None


def test_a_wrong_password_is_an_authentication_failure(guarded):
    refused = failure(guarded, address="127.0.0.1", password=Secret("wrong-canary"))
    assert refused.kind is FailureKind.AUTHENTICATION
    assert "wrong-canary" not in refused.message


def test_a_right_password_connects(guarded):
    async def read():
        there = host(guarded, address="127.0.0.1", password=Secret(CANARY))
        return await observe(there, Target(tenant="t", host="one", database="tenant"), ReadRequest(limits=Limits()))

    assert asyncio.run(read()).rows_scanned > 0


def test_a_database_that_is_not_there_says_so(guarded):
    assert failure(guarded, database="nowhere").kind is FailureKind.NO_DATABASE


def test_a_database_that_may_not_be_entered_is_a_permission_failure(guarded):
    assert failure(guarded, database="closed").kind is FailureKind.PERMISSION


def test_a_port_nobody_listens_on_is_refused(guarded):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        refused = failure(guarded, address="127.0.0.1", port=probe.getsockname()[1])
    assert refused == Failure(FailureKind.REFUSED, "the connection was refused")


def test_a_host_that_does_not_exist_is_refused(guarded):
    assert failure(guarded, address="no-such-host.invalid").kind is FailureKind.REFUSED


@pytest.mark.parametrize(
    "answer", [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n", b"E\xff\xff\xff\xff", b"R\x00\x00\x00\x08\x00\x00\x00\x00Z"]
)
def test_a_server_that_is_no_postgresql_is_data_not_a_crash(guarded, answer):
    async def attempt():
        async def serve(reader, writer):
            await reader.read(16)
            writer.write(answer)
            await writer.drain()
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        there = host(guarded, address="127.0.0.1", port=server.sockets[0].getsockname()[1], sslmode="disable")
        async with server:
            with pytest.raises(TargetError) as caught:
                await observe(
                    there, Target(tenant="t", host="one", database="x"), ReadRequest(limits=Limits(connect_timeout=2))
                )
        return caught.value.failure

    assert asyncio.run(attempt()).kind in {
        FailureKind.PROTOCOL,
        FailureKind.REFUSED,
        FailureKind.LOST,
        FailureKind.TIMEOUT,
    }


def test_a_server_that_never_answers_is_given_up(guarded):
    async def attempt():
        async def silent(reader, writer):
            try:
                await reader.read()
            finally:
                writer.close()

        server = await asyncio.start_server(silent, "127.0.0.1", 0)
        there = host(guarded, address="127.0.0.1", port=server.sockets[0].getsockname()[1])
        async with server:
            with pytest.raises(TargetError) as caught:
                await observe(
                    there, Target(tenant="t", host="one", database="x"), ReadRequest(limits=Limits(connect_timeout=0.2))
                )
            server.close()
        return caught.value.failure

    assert asyncio.run(attempt()) == Failure(FailureKind.CONNECT_TIMEOUT, "no answer in time")


def test_a_locked_view_is_busy(guarded):
    async def attempt():
        holder = await connect_url(guarded.dsn("tenant"))
        await holder.execute("BEGIN; LOCK TABLE orders, few IN ACCESS EXCLUSIVE MODE; ALTER TABLE orders ADD extra int")
        try:
            with pytest.raises(TargetError) as caught:
                await observe(
                    host(guarded),
                    Target(tenant="t", host="one", database="tenant"),
                    ReadRequest(limits=Limits(lock_timeout=0.1)),
                )
            return caught.value.failure
        finally:
            await holder.execute("ROLLBACK")
            await holder.close()

    assert asyncio.run(attempt()).kind is FailureKind.BUSY


@pytest.mark.parametrize("limits", [Limits(max_rows=2), Limits(max_bytes=100)])
def test_a_schema_beyond_the_limits_is_not_held(guarded, limits):
    assert failure(guarded, limits=limits).kind is FailureKind.LIMIT


def test_nothing_can_be_written_while_reading(guarded):
    async def write():
        connection = await connect_url(guarded.dsn("tenant"))
        try:
            with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
                async with read_transaction(connection, Limits()):
                    await connection.execute("CREATE TABLE public.harm ()")
        finally:
            await connection.close()

    asyncio.run(write())


class DroppingPooler:
    """Forwards everything but some text, as a pooler in statement mode, or one that knows few settings, might."""

    def __init__(self, connection: asyncpg.Connection, dropped: str, instead: str) -> None:
        self._connection = connection
        self._dropped, self._instead = dropped, instead

    def __getattr__(self, name: str):
        return getattr(self._connection, name)

    async def execute(self, script: str, **options):
        return await self._connection.execute(script.replace(self._dropped, self._instead), **options)

    async def copy_from_query(self, query: str, **options):
        return await self._connection.copy_from_query(query.replace(self._dropped, self._instead), **options)


@pytest.mark.parametrize(
    ("dropped", "instead", "setting"),
    [
        ("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", "SELECT 1", "transaction_read_only"),
        ("ISOLATION LEVEL REPEATABLE READ", "", "transaction_isolation"),
        ("set_config('search_path', 'pg_catalog, pg_temp', true)", "current_setting('search_path')", "search_path"),
        ("set_config('lock_timeout', '2000', true)", "current_setting('lock_timeout')", "lock_timeout"),
    ],
)
def test_a_pooler_that_drops_settings_is_noticed(guarded, dropped, instead, setting):
    async def read():
        connection = await connect_url(guarded.dsn("tenant"))
        try:
            with pytest.raises(TargetError) as caught:
                await read_fingerprint(DroppingPooler(connection, dropped, instead))
            return caught.value.failure
        finally:
            await connection.close()

    found = asyncio.run(read())
    assert found.kind is FailureKind.UNSUPPORTED
    assert found.message.startswith(f"the setting {setting} did not hold after it was set: connect without a pooler")


def test_a_url_that_cannot_be_used_never_shows_its_password():
    for url in (
        f"postgresql://u:{CANARY}@127.0.0.1:1/db",
        f"postgresql://u:{CANARY}@[broken/db",
        f"mysql://u:{CANARY}@h/db",
    ):
        with pytest.raises(TargetError) as caught:
            asyncio.run(connect_url(url))
        assert CANARY not in str(caught.value)
        assert CANARY not in repr(caught.value.__cause__)


def test_a_known_fingerprint_is_not_read_again(guarded):
    async def read():
        target = Target(tenant="t", host="one", database="tenant")
        first = await observe(host(guarded), target, ReadRequest(limits=Limits()))
        known = {first.fingerprint}
        heard = ReadRequest(limits=Limits(), known=known, names={first.statement: first.fingerprint})
        elsewhere = msgspec.structs.replace(target, host="another")
        return (
            first,
            await observe(host(guarded), target, heard),
            await observe(host(guarded), elsewhere, heard),
            await observe(host(guarded), target, ReadRequest(limits=Limits(), known=known)),
        )

    first, second, *others = asyncio.run(read())
    assert first.snapshot is not None
    for other in others:  # what one host states stands for nothing on another: its rows are read, and named by us
        assert (other.fingerprint, other.snapshot) == (first.fingerprint, None)
        assert other.statement
    assert second.statement == ""
    assert first.snapshot.fingerprint == first.fingerprint
    assert second.snapshot is None
    assert (second.fingerprint, second.rows_scanned) == (first.fingerprint, first.rows_scanned)


async def read_twice(place: Host, target: Target) -> Observation:
    """Read a target, and again as the next scan does that has to look: then its token is remembered."""
    first = await observe(place, target, ReadRequest(earlier=Sighting()))
    assert first.sighting is not None
    return await observe(place, target, ReadRequest(earlier=first.sighting))


def test_a_token_is_taken_as_soon_as_counters_do_not_tell(guarded):
    """The first reading has counters that the next scan asks for; from the second look on there is a token too."""
    target = Target(tenant="t", host="one", database="tenant")

    async def read():
        looks = [await observe(host(guarded), target, ReadRequest(earlier=Sighting()))]
        for _ in range(2):
            known = {look.fingerprint for look in looks}
            names = {look.statement: look.fingerprint for look in looks if look.statement}
            seen = next(look.sighting for look in reversed(looks) if look.sighting is not None)
            looks.append(await observe(host(guarded), target, ReadRequest(earlier=seen, known=known, names=names)))
        return looks

    first, second, third = asyncio.run(read())
    assert first.sighting is not None
    if first.counters:
        assert not first.sighting.token  # nobody else was connected, so the reading itself needed none
        assert second.depth is Depth.FINGERPRINT
        assert second.sighting is not None
        assert second.sighting.token
    else:
        assert first.sighting.token
        assert second.depth is Depth.TOKEN
    assert third.depth is Depth.TOKEN
    assert {look.fingerprint for look in (second, third)} == {first.fingerprint}


def test_an_unchanged_target_is_told_at_a_glance(guarded):
    """A sighting that says what no fingerprint can say: where it comes back, nothing but the token was read."""
    target = Target(tenant="t", host="one", database="tenant")

    async def read():
        first = await read_twice(host(guarded), target)
        assert first.sighting is not None
        told = msgspec.structs.replace(first.sighting, fingerprint="as remembered", rows=7)
        known = {"as remembered", first.fingerprint}
        glance = await observe(host(guarded), target, ReadRequest(earlier=told, known=known))
        other_facets = await observe(
            host(guarded), target, ReadRequest(earlier=told, known=known, profile=Profile(owners=True))
        )
        unknown = await observe(host(guarded), target, ReadRequest(earlier=told))
        owner = await connect_url(guarded.dsn("tenant"))
        try:
            await owner.execute("CREATE TABLE made_since ()")
            moved = await observe(host(guarded), target, ReadRequest(earlier=told, known=known))
        finally:
            await owner.execute("DROP TABLE IF EXISTS made_since")
            await owner.close()
        return first, glance, other_facets, unknown, moved

    first, glance, other_facets, unknown, moved = asyncio.run(read())
    assert (glance.fingerprint, glance.rows_scanned, glance.sighting) == ("as remembered", 7, None)
    assert glance.versions == first.versions
    assert other_facets.fingerprint != "as remembered"
    assert unknown.snapshot is not None
    assert unknown.fingerprint == first.fingerprint
    assert moved.fingerprint not in {"as remembered", first.fingerprint}
    assert moved.sighting is not None
    assert moved.sighting.token != first.sighting.token


def test_nothing_is_remembered_for_a_caller_who_remembers_nothing(guarded):
    read = observe(host(guarded), Target(tenant="t", host="one", database="tenant"), ReadRequest())
    assert asyncio.run(read).sighting is None


def test_a_release_that_reads_otherwise_does_not_trust_what_another_saw(guarded, monkeypatch):
    target = Target(tenant="t", host="one", database="tenant")

    async def read():
        first = await read_twice(host(guarded), target)
        assert first.sighting is not None
        told = msgspec.structs.replace(first.sighting, fingerprint="as remembered")
        wanted = ReadRequest(earlier=told, known={"as remembered", first.fingerprint})
        trusted = await observe(host(guarded), target, wanted)
        monkeypatch.setattr(sighting, "reading_hash", lambda: "another release's")
        return first, trusted, await observe(host(guarded), target, wanted)

    first, trusted, afresh = asyncio.run(read())
    assert trusted.fingerprint == "as remembered"
    assert afresh.fingerprint == first.fingerprint


def test_a_name_with_strange_line_ends_does_not_end_an_answer(guarded):
    name = "x\u2028y\x1cz\x85"

    async def answer():
        connection = await connect_url(guarded.dsn("tenant"))
        try:
            return await ask(connection, f"SELECT '{name}', 2", columns=2)
        finally:
            await connection.close()

    assert asyncio.run(answer()) == [[name, "2"]]
