"""A batch that claims: what its connections read next, and when."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from shared.hosts import Host
from shared.messages import Deferred
from shared.postgres.connection import TargetError
from shared.schema.profile import Profile
from shared.targets import FailureKind, Limits, Observation, Target
from workers.scan import Claim, ReadSettings, Scanned, read_batch

HOST = Host(name="h", address="/nowhere")


def targets(first: int, last: int) -> list[Target]:
    return [Target(tenant=f"t{number:02}", host="h", database=f"d{number}") for number in range(first, last)]


async def seen(host, target, wanted) -> Observation:
    await asyncio.sleep(0)
    return Observation(fingerprint=target.tenant, server_version=180000)


class OpenList:
    """What lies open; notes how much each claim asked for."""

    def __init__(self, open_targets: Sequence[Target], plenty: int = 1000) -> None:
        self.left = list(open_targets)
        self.asked: list[int] = []
        self._plenty = plenty

    async def claim(self, wanted: int) -> tuple[Sequence[Target], bool]:
        await asyncio.sleep(0)
        self.asked.append(wanted)
        taken, self.left = self.left[:wanted], self.left[wanted:]
        return taken, len(self.left) >= self._plenty


def read(named: Sequence[Target], claim: Claim, connections: int, observe=seen) -> list[Scanned]:
    async def collect() -> list[Scanned]:
        settings = ReadSettings(observe=observe, limits=Limits(), known=(), profile=Profile())
        return [each async for each in read_batch(named, HOST, settings, connections=connections, claim=claim)]

    return asyncio.run(collect())


@pytest.mark.parametrize("connections", [1, 3, 8])
@pytest.mark.parametrize("plenty", [0, 4, 1000])
def test_what_is_named_and_what_lies_open_is_read_exactly_once(connections, plenty):
    found = read(targets(0, 2), OpenList(targets(2, 40), plenty).claim, connections)
    assert sorted(each.target.tenant for each in found) == [each.tenant for each in targets(0, 40)]


def test_a_batch_that_names_nobody_reads_what_lies_open():
    assert len(read([], OpenList(targets(0, 5)).claim, 2)) == 5


def test_an_empty_list_ends_a_batch():
    lying = OpenList([])
    assert len(read(targets(0, 3), lying.claim, 2)) == 3
    assert len(lying.asked) == 1


def test_while_there_is_plenty_what_is_read_next_is_claimed_before_a_connection_is_free():
    lying, claimed_at = OpenList(targets(2, 20), plenty=4), []

    async def observe(host, target, wanted):
        await asyncio.sleep(0.001)
        claimed_at.append((target.tenant, len(lying.left)))
        return await seen(host, target, wanted)

    read(targets(0, 2), lying.claim, 2, observe)
    assert dict(claimed_at)["t00"] <= 16, "the first tenants were read before more was claimed"


def test_at_the_end_a_claim_is_for_connections_that_are_free():
    lying = OpenList(targets(8, 14), plenty=1000)

    async def observe(host, target, wanted):
        await asyncio.sleep(0.001 * (1 + int(target.tenant[1:]) % 4))
        return await seen(host, target, wanted)

    read(targets(0, 4), lying.claim, 4, observe)
    ahead, *later = lying.asked
    assert ahead == 4
    assert all(wanted < 4 for wanted in later)


def test_a_host_that_is_down_has_nothing_more_claimed_of_it():
    lying = OpenList(targets(3, 30), plenty=1000)

    async def refuse(host, target, wanted):
        raise TargetError(FailureKind.REFUSED, "no")

    found = read(targets(0, 3), lying.claim, 1, refuse)
    assert len(lying.left) >= 25
    assert sum(isinstance(each.result, Deferred) for each in found) == len(found) - 3


def test_a_claim_that_fails_ends_the_batch_when_all_that_was_begun_is_read():
    read_so_far: list[str] = []

    async def fail(wanted: int) -> tuple[Sequence[Target], bool]:
        raise ConnectionError("gone")

    async def observe(host, target, wanted):
        await asyncio.sleep(0.001)
        read_so_far.append(target.tenant)
        return await seen(host, target, wanted)

    with pytest.raises(ConnectionError):
        read(targets(0, 4), fail, 2, observe)
    assert len(read_so_far) == 4


def test_a_batch_that_is_broken_off_leaves_no_claim_behind():
    async def forever(wanted: int) -> tuple[Sequence[Target], bool]:
        await asyncio.sleep(3600)
        return [], False

    async def collect() -> None:
        settings = ReadSettings(observe=seen, limits=Limits(), known=(), profile=Profile())
        batch = read_batch(targets(0, 2), HOST, settings, connections=1, claim=forever)
        async for _ in batch:
            break
        await batch.aclose()
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(collect())
