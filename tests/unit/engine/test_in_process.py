"""The same ledger without a queue."""

from __future__ import annotations

import asyncio

from coordinator.fleet.in_process import InProcess
from shared.hosts import Host
from shared.messages import host_down
from shared.postgres.connection import TargetError
from shared.schema.profile import Profile
from shared.schema.schema import Schema, Snapshot
from shared.targets import Failure, FailureKind, Limits, Observation, Target

HOSTS = {name: Host(name=name, address="/nowhere", max_connections=3) for name in ("alive", "dead")}


def read(observe, targets, concurrency=16):
    async def run():
        reader = InProcess(HOSTS, Limits(), Profile(), concurrency=concurrency, observe=observe)
        progress: list[int] = []
        return await reader.read(targets, progress.append), reader.snapshots, progress

    return asyncio.run(run())


def fleet(alive: int, dead: int = 0) -> list[Target]:
    hosts = ["alive"] * alive + ["dead"] * dead
    return [Target(tenant=f"t{number:03}", host=host, database="d") for number, host in enumerate(hosts)]


class Servers:
    """Two shapes; the dead host refuses, and a busy tenant is busy once."""

    def __init__(self, busy: str = "") -> None:
        self.busy = busy
        self.open = 0
        self.most = 0
        self.sent = 0

    async def observe(self, host, target, wanted) -> Observation:
        self.open += 1
        self.most = max(self.most, self.open)
        await asyncio.sleep(0.001)
        self.open -= 1
        if host.name == "dead":
            raise TargetError(FailureKind.REFUSED, "the connection was refused")
        if target.tenant == self.busy:
            self.busy = ""
            raise TargetError(FailureKind.BUSY, "locked")
        name = "odd" if int(target.tenant[1:]) % 2 else "even"
        new = name not in wanted.known
        self.sent += new
        snapshot = Snapshot(schema=Schema(), server_version=180000, fingerprint=name) if new else None
        return Observation(fingerprint=name, server_version=180000, snapshot=snapshot)


def test_every_target_has_one_reading_in_the_order_given():
    readings, snapshots, progress = read(Servers().observe, fleet(100))
    assert list(readings) == [target.tenant for target in fleet(100)]
    assert {reading.fingerprint for reading in readings.values()} == set(snapshots) == {"odd", "even"}
    assert progress == sorted(progress)
    assert progress[-1] == 100


def test_neither_a_host_nor_the_process_has_more_connections_than_allowed():
    servers = Servers()
    read(servers.observe, fleet(50))
    assert servers.most == 3
    servers = Servers()
    read(servers.observe, fleet(30, 2), concurrency=2)
    assert servers.most == 2


def test_a_dead_host_is_given_up_in_the_words_of_the_queue_s_engine():
    readings, _, _ = read(Servers().observe, fleet(20, 30))
    assert {reading for reading in readings.values() if isinstance(reading, Failure)} == {
        host_down("dead", FailureKind.REFUSED)
    }
    assert sum(isinstance(reading, Observation) for reading in readings.values()) == 20


def test_a_busy_tenant_is_tried_again():
    readings, _, _ = read(Servers(busy="t003").observe, fleet(5))
    assert isinstance(readings["t003"], Observation)


def test_no_targets_are_read_at_once():
    assert read(Servers().observe, []) == ({}, {}, [])
