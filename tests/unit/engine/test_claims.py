"""How much a worker claims, and when it claims no more."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError

from shared.messages import Keys, Piece, Place, ScanBatch, sign_piece
from workers.answers import Claimed
from workers.claims import Claims

KEYS = Keys("fleet")
STREAM = KEYS.answers("run", 1)
MESSAGE = ScanBatch(run="run", epoch=1, batch="0-1", attempt=1, host="main", places=(), connections=4, open=True)


def piece(item: str, host: str = "main", stream: str = STREAM) -> bytes:
    return sign_piece(KEYS, stream, Piece(host=host, places=(Place(item, "d"),)))


class Redis:
    """Both what a writer of answers and a list of known snapshots are to claims: gives what it was told to give."""

    def __init__(self, *given: list[bytes] | Exception, left: int = 0) -> None:
        self.asked: list[int] = []
        self.list, self.read = "known", 0
        self._given = list(given)
        self._left = left

    async def claim(self, pieces: str, most: int, known: str, read: int) -> Claimed:
        self.asked.append(most)
        given = self._given.pop(0) if self._given else []
        if isinstance(given, Exception):
            raise given
        return Claimed(pieces=given, sightings={}, known=[], left=self._left)

    async def note(self, fresh: list[bytes]) -> None:
        assert not fresh

    async def drop(self, reason: str, error: Exception) -> None:
        self.asked.append(-1)


def claims_of(redis: Redis, *, stopping: bool = False, limit: float = 150) -> Claims:
    child: Any = SimpleNamespace(
        keys=KEYS, settings=SimpleNamespace(soft_time_limit=limit), stopping=lambda: stopping, junk=redis
    )
    return Claims(child, MESSAGE, redis, redis)  # type: ignore[arg-type]  # all of them that claims use


def tenants(redis: Redis, **how: Any) -> list[str]:
    async def claim() -> list[str]:
        found, _ = await claims_of(redis, **how).claim(2)
        return [target.tenant for target in found]

    return asyncio.run(claim())


def test_before_anything_was_read_no_more_is_claimed_than_connections_wait():
    redis = Redis([piece("a"), piece("b")])
    assert tenants(redis) == ["a", "b"]
    assert redis.asked == [2]


@pytest.mark.parametrize(("read", "asked"), [(0, 2), (100, 2), (1050, 10), (100_000, 50)])
def test_the_faster_tenants_are_read_the_more_are_claimed_at_once(read, asked):
    redis = Redis([piece("a")])

    async def claim() -> None:
        claims = claims_of(redis)
        claims.read, claims._begun = read, claims._clock() - 1.0
        await claims.claim(2)

    asyncio.run(claim())
    assert redis.asked == [asked]


def test_pieces_of_many_namespaces_are_not_claimed_by_the_dozen():
    many = Piece(host="main", places=tuple(Place(f"t{number}", "d", f"n{number}") for number in range(500)))
    redis = Redis([sign_piece(KEYS, STREAM, many)], [piece("a")])

    async def claim() -> None:
        claims = claims_of(redis)
        await claims.claim(1)
        claims.read, claims._begun = 2000, claims._clock() - 1.0
        await claims.claim(1)

    asyncio.run(claim())
    assert redis.asked == [1, 1]


@pytest.mark.parametrize(("left", "plenty"), [(15, False), (16, True)])
def test_there_is_plenty_while_the_list_holds_four_pieces_for_each_connection(left, plenty):
    async def claim() -> bool:
        claims = claims_of(Redis([piece("a")], left=left))
        await claims.claim(2)
        return claims.plenty

    assert asyncio.run(claim()) is plenty


def test_a_worker_that_was_told_to_stop_claims_nothing():
    redis = Redis([piece("a")])
    assert tenants(redis, stopping=True) == []
    assert redis.asked == []


def test_a_batch_whose_time_is_over_claims_nothing():
    redis = Redis([piece("a")])
    assert tenants(redis, limit=0) == []
    assert redis.asked == []


def test_a_list_that_is_not_laid_open_yet_is_looked_at_again():
    redis = Redis([], [], [piece("a")])
    assert tenants(redis) == ["a"]
    assert len(redis.asked) == 3


def test_a_list_in_which_something_was_is_looked_at_once():
    redis = Redis([piece("a")], [], [piece("b")])

    async def claim() -> list[int]:
        claims = claims_of(redis)
        return [len((await claims.claim(2))[0]) for _ in range(2)]

    assert asyncio.run(claim()) == [1, 0]


def test_junk_in_the_list_is_dropped_and_the_next_piece_read():
    redis = Redis([b"junk", piece("a", host="another"), piece("b", stream="another")], [piece("c")])
    assert tenants(redis) == ["c"]
    assert redis.asked == [2, -1, -1, -1, 2]


def test_a_claim_of_which_nobody_knows_what_became_is_the_last():
    redis = Redis(RedisConnectionError(), [piece("a")])
    assert tenants(redis) == []
    assert redis.asked == [2]
