"""What a server states of itself stands for no tenant of another server."""

from __future__ import annotations

import asyncpg
import msgspec
import pytest

from coordinator.fleet.in_process import InProcess
from shared.embedded.postgres import EmbeddedPostgres
from shared.hosts import Host
from shared.postgres.reading import sighting
from shared.postgres.reading.fingerprint import Fingerprint, fingerprint_in_transaction
from shared.schema.canonical import snapshot_name
from shared.schema.profile import Profile
from shared.targets import Limits, Observation, Target

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def test_a_server_that_states_the_hash_of_another_speaks_for_itself_alone(
    postgres: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch
):
    """One tenant, behind a proxy that swaps the hash in its server's reply, would make the honest ones look like it."""
    admin = await asyncpg.connect(postgres.dsn())
    if not await admin.fetchval("SELECT count(*) FROM pg_roles WHERE rolname = 'hash_reader'"):
        await admin.execute("CREATE ROLE hash_reader LOGIN")
    names = ("swapping", "honest_1", "honest_2")
    for name in names:
        await admin.execute(f"CREATE DATABASE {name}")
        tenant = await asyncpg.connect(postgres.dsn(name))
        await tenant.execute("CREATE TABLE t (a int)")
        if name != "swapping":
            await tenant.execute("ALTER TABLE t ADD drift int")
        await tenant.close()
    truly_read = fingerprint_in_transaction

    async def swapped(connection, *arguments, **options) -> Fingerprint:
        stated = await truly_read(connection, *arguments, **options)
        return msgspec.structs.replace(stated, hex="ab" * 32)

    monkeypatch.setattr(sighting, "fingerprint_in_transaction", swapped)
    hosts = {
        name: Host(name=name, address=str(postgres.socket_dir), port=postgres.port, user="hash_reader")
        for name in ("proxy", "server")
    }
    targets = [Target(tenant=name, host="proxy" if name == "swapping" else "server", database=name) for name in names]
    fleet = InProcess(hosts, Limits(), Profile(), concurrency=1)
    results = await fleet.read(targets[:1])
    results |= await fleet.read(targets[1:])
    for name in names:
        await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()
    assert all(isinstance(result, Observation) for result in results.values()), results
    named = {tenant: result.fingerprint for tenant, result in results.items() if isinstance(result, Observation)}
    assert named["honest_1"] == named["honest_2"] != named["swapping"]
    for fingerprint, snapshot in fleet.snapshots.items():
        assert fingerprint == snapshot_name(snapshot)
    drifted = fleet.snapshots[named["honest_1"]].schema
    assert any(item.kind == "column" and item.name == "drift" for item in drifted)
