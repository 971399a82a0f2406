"""The engine's conversations with Redis, one at a time."""

from __future__ import annotations

import asyncio
import secrets
from typing import ClassVar

import msgspec
import pytest
from redis.asyncio import Redis

from coordinator.engine.collect import AnswerStream, RunLostError
from coordinator.engine.permits import Permits
from coordinator.fleet.target_runs import ScanJournal
from shared.blobs import pack, unpack
from shared.formats import SNAPSHOT
from shared.hosts import Host
from shared.messages import Answer, Failed, Keys, Observed
from shared.schema.canonical import snapshot_name
from shared.schema.schema import Schema, Snapshot
from shared.schema.schema import SchemaVersion as Version
from shared.signing import Purpose
from shared.targets import Failure, FailureKind
from workers.answers import AnswerWriter, RunGoneError
from workers.junk import Junk
from workers.snapshots import KnownSnapshots

pytestmark = pytest.mark.anyio

SEEN = Observed("ab" * 32, 180001, 12)


@pytest.fixture
def host() -> Host:
    return Host(name="main", address=f"/{secrets.token_hex(8)}", max_connections=4)


@pytest.fixture
def keys() -> Keys:
    return Keys(f"fleet {secrets.token_hex(4)}:*")


def permits(redis: Redis, run: str, host: Host) -> Permits:
    return Permits(redis, run, {"main": host})


async def test_connections_are_granted_all_or_none(redis, host):
    mine = permits(redis, "a", host)
    assert await mine.raise_to("main", 3)
    assert not await mine.raise_to("main", 5)
    assert mine.held("main") == 3
    assert await mine.raise_to("main", 4)


async def test_scans_share_a_host_and_what_one_gives_back_the_other_takes(redis, host):
    first, second = permits(redis, "a", host), permits(redis, "b", host)
    assert await first.raise_to("main", 4)
    assert not await second.raise_to("main", 1)
    await first.lower_to({"main": 1})
    assert await second.raise_to("main", 3)
    await first.lower_to({})
    assert await second.raise_to("main", 4)


async def test_while_somebody_waits_everybody_s_limit_is_a_share(redis, host):
    first, second = permits(redis, "a", host), permits(redis, "b", host)
    assert await first.raise_to("main", 4)
    assert await first.limits() == {"main": 4}
    assert not await second.raise_to("main", 4)
    assert await first.limits() == await second.limits() == {"main": 2}
    await first.lower_to({"main": 3})
    assert not await first.raise_to("main", 4), "what was given back is kept for who waits"
    await first.lower_to({"main": 2})
    assert await second.raise_to("main", 2)
    assert await first.limits() == {"main": 4}, "nobody waits any more"


async def test_who_has_its_share_makes_nobody_give_back(redis, host):
    first, second = permits(redis, "a", host), permits(redis, "b", host)
    assert await first.raise_to("main", 2)
    assert await second.raise_to("main", 2)
    assert not await second.raise_to("main", 3)
    assert await first.limits() == {"main": 4}


async def test_a_run_that_waits_no_more_is_forgotten(redis, host):
    first, second = permits(redis, "a", host), permits(redis, "b", host)
    await first.raise_to("main", 4)
    await second.raise_to("main", 1)
    await second.forget()
    assert await first.limits() == {"main": 4}


async def test_each_of_many_gets_at_least_one(redis, host):
    runs = [permits(redis, f"run {number}", host) for number in range(6)]
    assert await runs[0].raise_to("main", 4)
    assert [await run.raise_to("main", 1) for run in runs[1:]] == [False] * 5
    assert await runs[0].limits() == {"main": 1}


async def test_a_dead_holder_s_permits_end(redis, host):
    await permits(redis, "a", host).raise_to("main", 4)
    key = Keys.permits(host.address, host.port)
    for member in await redis.zrange(key, 0, -1):
        await redis.zadd(key, {member: 1.0})  # as if their time had come long ago
    assert await permits(redis, "b", host).raise_to("main", 4)


async def test_renewed_permits_go_on(redis, host):
    mine = permits(redis, "a", host)
    await mine.raise_to("main", 4)
    key = Keys.permits(host.address, host.port)
    before = dict(await redis.zrange(key, 0, -1, withscores=True))
    await mine.renew()
    after = dict(await redis.zrange(key, 0, -1, withscores=True))
    assert before.keys() == after.keys()
    assert all(after[member] > before[member] for member in before)


async def test_a_run_that_is_taken_up_forgets_what_its_dead_coordinator_held_and_nothing_else(redis, host):
    await permits(redis, "a", host).raise_to("main", 2)
    await permits(redis, "b", host).raise_to("main", 2)
    await permits(redis, "a", host).forget()
    assert await redis.zcard(Keys.permits(host.address, host.port)) == 2
    assert not await permits(redis, "a", host).raise_to("main", 3)


async def test_a_lane_without_a_host_needs_no_permit(redis):
    assert await Permits(redis, "a", {}).raise_to("", 1000)


async def opened(redis: Redis, keys: Keys) -> AnswerStream:
    collector = AnswerStream(redis, keys, "run")
    await collector.open(1, ["known"])
    await collector.read(0)
    return collector


async def test_beginning_a_batch_is_a_sign_of_life_and_its_end_sends_what_is_left(redis, keys):
    collector = await opened(redis, keys)
    async with AnswerWriter(redis, keys, keys.answers("run", 1), batch="0-1", worker="w") as writer:
        [begun] = await collector.read(1)
        assert (begun.batch, begun.worker, begun.answers) == ("0-1", "w", ())
        await writer.add(Answer("t", SEEN))
    [answered] = await collector.read(1)
    assert answered.answers == (Answer("t", SEEN),)


async def test_answers_travel_together_but_no_more_than_25(redis, keys):
    collector = await opened(redis, keys)
    async with AnswerWriter(redis, keys, keys.answers("run", 1), batch="0-1", worker="w") as writer:
        for number in range(60):
            await writer.add(Answer(f"t{number}", SEEN))
    sizes = [len(each.answers) for each in await collector.read(1)]
    assert sum(sizes) == 60
    assert max(sizes) == 25


async def test_a_careful_batch_sends_each_answer_at_once(redis, keys):
    collector = await opened(redis, keys)
    async with AnswerWriter(redis, keys, keys.answers("run", 1), batch="0-1", worker="w", at_once=True) as writer:
        await writer.add(Answer("t", SEEN))
        assert (await collector.read(0))[-1].answers == (Answer("t", SEEN),)


async def test_a_silent_batch_says_that_it_lives(redis, keys):
    collector = await opened(redis, keys)
    async with AnswerWriter(redis, keys, keys.answers("run", 1), batch="0-1", worker="w"):
        await collector.read(1)
        [alive] = await collector.read(10)
    assert alive.answers == ()


async def test_a_worker_of_a_run_that_ended_stops(redis, keys):
    collector = await opened(redis, keys)
    writer = AnswerWriter(redis, keys, keys.answers("run", 1), batch="0-1", worker="w", at_once=True)
    async with writer:
        await collector.close()
        with pytest.raises(RunGoneError):
            await writer.add(Answer("t", SEEN))
    with pytest.raises(RunGoneError):
        await writer.__aenter__()


async def test_a_collector_notices_that_the_stream_is_gone(redis, keys):
    collector = await opened(redis, keys)
    await redis.delete(keys.answers("run", 1))
    with pytest.raises(RunLostError):
        await collector.read(0.01)


async def test_of_the_blobs_that_answers_name_those_are_given_that_are_there(redis, keys):
    collector = await opened(redis, keys)
    there = keys.blob("there")
    await redis.set(there, keys.ring.sign(Purpose.BLOB, (there,), b"x"), ex=60)
    await redis.set(keys.blob("forged"), b"x", ex=60)
    assert await collector.blobs(["there", "gone", "forged"]) == {"there": b"x"}


async def test_a_snapshot_is_stored_before_it_is_known_and_without_what_is_the_tenant_s_own(redis, keys):
    await opened(redis, keys)
    mine, yours = (KnownSnapshots(redis, keys, "run", 1, Junk(redis, keys), ttl=60) for _ in range(2))
    await yours.refresh()
    assert "known" in yours
    assert "fp" not in yours
    bare = Snapshot(schema=Schema(), server_version=180001, fingerprint="fp")
    await mine.store("fp", msgspec.structs.replace(bare, versions=(Version("a", "1"),)), "one-host-says")
    await mine.store("fp", None, "another-says")
    await mine.store("fp", None, "another-says")
    await yours.refresh()
    assert "fp" in yours
    assert yours.names == {"one-host-says": "fp", "another-says": "fp"}
    assert await redis.llen(keys.known("run", 1)) == 3
    blob = keys.blob("fp")
    assert unpack(SNAPSHOT, keys.ring.verify(Purpose.BLOB, (blob,), await redis.get(blob)), Snapshot) == bare
    assert 0 < await redis.ttl(keys.blob("fp")) <= 60


async def test_a_snapshot_that_is_not_what_its_name_says_is_not_kept(caplog):
    class Kept:
        blobs: ClassVar[dict[str, bytes]] = {}

        async def put_blobs(self, kind, blobs):
            self.blobs.update(blobs)

    true = Snapshot(schema=Schema(), server_version=180001, fingerprint="")
    name, another = snapshot_name(true), "ab" * 32
    journal = ScanJournal(Kept(), "scan")  # type: ignore[arg-type]  # all of a store that it needs here
    with caplog.at_level("WARNING"):
        await journal.keep({name: pack(SNAPSHOT, true), another: pack(SNAPSHOT, true), "cd" * 32: b"junk"})
    assert set(Kept.blobs) == {name}
    assert not journal.lacks(name)
    assert journal.lacks(another)
    assert "blob.refused" in caplog.text


async def test_fleets_on_one_redis_do_not_meet(redis):
    names = {Keys(fleet).answers("r", 1) for fleet in ("a", "a:b", "a%3Ab", "a b", "A")}
    assert len(names) == 5


async def test_writers_at_once_lose_nothing(redis, keys):
    collector = await opened(redis, keys)
    failed = Failed(Failure(FailureKind.BUSY, "x"))

    async def write(number: int) -> None:
        async with AnswerWriter(redis, keys, keys.answers("run", 1), batch=f"0-{number}", worker="w") as writer:
            for item in range(50):
                await writer.add(Answer(f"{number}/{item}", failed))

    await asyncio.gather(*(write(number) for number in range(20)))
    seen = [answer.item for each in await collector.read(1) for answer in each.answers]
    assert sorted(seen) == sorted(f"{number}/{item}" for number in range(20) for item in range(50))
