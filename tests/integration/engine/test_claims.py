"""What lies open in Redis is claimed in one step with the entry that says so."""

from __future__ import annotations

import secrets

import pytest
from redis.asyncio import Redis
from redis.exceptions import ResponseError

from coordinator.engine.collect import AnswerStream
from coordinator.engine.open_list import OpenLists
from shared.hosts import Secret
from shared.messages import Answer, Claiming, Keys, Observed, Piece, Place, sign_piece, verify_piece
from shared.signing import KeyRing, TagError
from shared.targets import Sighting
from workers.answers import AnswerWriter, RunGoneError
from workers.junk import Junk
from workers.sightings import Sightings

pytestmark = pytest.mark.anyio

SEEN = Observed("ab" * 32, 180001, 12)
SIGHTING = Sighting("scope", "token", "ab" * 32, 87)


@pytest.fixture
def keys() -> Keys:
    return Keys(f"fleet {secrets.token_hex(4)}", KeyRing([Secret(secrets.token_hex(32))]))


class Run:
    """Both ends of a run: its stream and lists, and a worker's answers."""

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self.redis = redis
        self.keys = keys
        self.stream = AnswerStream(redis, keys, "run")
        self.lists = self.another_coordinator()

    def another_coordinator(self) -> OpenLists:
        return OpenLists(self.redis, self.keys, "run", ["main"], lambda item: Place(item, f"of-{item}"))

    async def open(self, *items: str) -> None:
        await self.stream.open(1, ["known"])
        await self.stream.read(0)
        self.lists.attach(1)
        if items:
            await self.lists.lay({"main": [(item,) for item in items]})

    def writer(self) -> AnswerWriter:
        sightings = Sightings(self.redis, self.keys, Junk(self.redis, self.keys), ttl=60)
        return AnswerWriter(
            self.redis, self.keys, self.keys.answers("run", 1), batch="0-1", worker="w", sightings=sightings,
            claiming=Claiming.ON,
        )  # fmt: skip

    async def claim(self, writer: AnswerWriter, most: int) -> list[str]:
        found = await writer.claim(self.keys.pieces("run", 1, "main"), most, self.keys.known("run", 1), 0)
        pieces = [verify_piece(self.keys, self.keys.answers("run", 1), piece) for piece in found.pieces]
        return [place.tenant for piece in pieces for place in piece.places]


@pytest.fixture
def run(redis: Redis, keys: Keys) -> Run:
    return Run(redis, keys)


async def test_a_claim_stands_in_the_stream_with_the_answers_that_waited_and_the_last_entry_says_that_it_is_over(run):
    await run.open("a", "b", "c")
    async with run.writer() as writer:
        await run.stream.read(0)
        await writer.add(Answer("before", SEEN))
        assert await run.claim(writer, 2) == ["a", "b"]
        [entry] = await run.stream.read(0)
        assert (entry.answers, entry.claiming) == ((Answer("before", SEEN),), Claiming.ON)
        assert await run.lists.items_of(entry.claimed) == [("a",), ("b",)]
        assert await run.claim(writer, 2) == ["c"]
        assert await run.claim(writer, 2) == []
    entries = await run.stream.read(0)
    assert [len(entry.claimed) for entry in entries] == [1, 0, 0]
    assert entries[-1].claiming is Claiming.OVER


async def test_a_claim_brings_what_is_remembered_of_its_tenants_and_what_has_become_known(run):
    await run.open("a", "b")
    async with run.writer() as writer:
        await writer.add(Answer("a", SEEN), SIGHTING)
        await run.claim(writer, 0)
        found = await writer.claim(run.keys.pieces("run", 1, "main"), 2, run.keys.known("run", 1), 0)
    sightings = Sightings(run.redis, run.keys, Junk(run.redis, run.keys), ttl=60)
    assert await sightings.decoded(found.sightings) == {"a": SIGHTING, "b": Sighting()}
    assert len(found.known) == 1


async def test_of_a_run_that_ended_nothing_is_claimed(run):
    await run.open("a")
    async with run.writer() as writer:
        await run.stream.close()
        with pytest.raises(RunGoneError):
            await run.claim(writer, 1)
    assert await run.lists.are_empty(["main"]) == []


async def test_a_claim_that_cannot_be_written_down_takes_nothing(run):
    await run.open("a")
    async with run.writer() as writer:
        await run.stream.close()
        await run.redis.set(run.keys.answers("run", 1), "something else")
        with pytest.raises(ResponseError, match="expected a stream"):
            await run.claim(writer, 1)
        assert await run.lists.take_back("main") == [("a",)]
        await run.redis.delete(run.keys.answers("run", 1))
        with pytest.raises(RunGoneError):
            await run.claim(writer, 1)


async def test_sightings_under_a_key_of_a_wrong_type_count_as_nothing(run):
    await run.open("a")
    await run.redis.set(run.keys.sightings, "something else")
    async with run.writer() as writer:
        assert await run.claim(writer, 1) == ["a"]


async def test_a_claim_may_be_of_thousands_of_namespaces(run):
    await run.open()
    pieces = [tuple(f"{database}/{number}" for number in range(500)) for database in range(40)]
    await run.lists.lay({"main": pieces})
    async with run.writer() as writer:
        await writer.add(Answer("39/499", SEEN), SIGHTING)
        await run.claim(writer, 0)
        found = await writer.claim(run.keys.pieces("run", 1, "main"), 40, run.keys.known("run", 1), 0)
    assert len(found.pieces) == 40
    sightings = Sightings(run.redis, run.keys, Junk(run.redis, run.keys), ttl=60)
    decoded = await sightings.decoded(found.sightings)
    assert len(decoded) == 20_000
    assert {tenant for tenant, sighting in decoded.items() if sighting == SIGHTING} == {"39/499"}


@pytest.mark.parametrize(
    "junk", [b"x", b"x\n1", b'x\n{"places":[[[]]]}', b'x\n{"places":[["\xff"]]}', b"x\n" + b"[" * 5000]
)
async def test_junk_beside_pieces_keeps_no_claim_from_them(run, junk):
    await run.open("a")
    await run.redis.lpush(run.keys.pieces("run", 1, "main"), junk)
    async with run.writer() as writer:
        found = await writer.claim(run.keys.pieces("run", 1, "main"), 2, run.keys.known("run", 1), 0)
    assert found.pieces[0] == junk
    assert len(found.pieces) == 2


async def test_what_is_taken_back_is_what_nobody_has_claimed(run):
    await run.open("a", "b", "c")
    async with run.writer() as writer:
        await run.claim(writer, 1)
    assert await run.lists.take_back("main") == [("b",), ("c",)]
    assert await run.lists.are_empty(["main"]) == ["main"]
    claimed = [piece for entry in await run.stream.read(0) for piece in entry.claimed]
    assert await run.lists.items_of(claimed) == [("a",)]


async def test_the_next_coordinator_believes_a_claim_of_its_epoch_and_no_other(run, keys):
    await run.open("a")
    async with run.writer() as writer:
        await run.claim(writer, 1)
    claimed = [piece for entry in await run.stream.read(0) for piece in entry.claimed]
    later = run.another_coordinator()
    later.attach(1)
    piece = Piece(host="main", places=(Place("b", "d"),))
    forged = [sign_piece(Keys(keys.fleet), keys.answers("run", 1), piece), sign_piece(keys, "elsewhere", piece), b"x"]
    assert await later.items_of([*claimed, *forged]) == [("a",)]
    for each in forged:
        with pytest.raises(TagError):
            verify_piece(keys, keys.answers("run", 1), each)


async def test_lists_are_removed_with_their_epoch(run):
    await run.open("a")
    await run.lists.remove()
    assert not await run.redis.exists(run.keys.pieces("run", 1, "main"))
