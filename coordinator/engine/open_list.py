"""What lies open of a run in Redis: a list of signed pieces for each host, from which workers claim."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from redis.asyncio import Redis

from shared.formats import FormatError
from shared.messages import JunkReason, Keys, Piece, Place, sign_piece, verify_piece
from shared.signing import TagError
from workers.junk import Junk

_LIST_TTL_SECONDS = 24 * 3600

Items = tuple[str, ...]
"""The items of a piece."""


class OpenLists:
    """The coordinator's end of what lies open; the workers' end is `workers.claims.Claims`.

    Args:
        redis: Connection pool.
        keys: Of the fleet.
        run: Id of the run.
        lanes: Of the run.
        place: Gives the place of an item.
    """

    def __init__(self, redis: Redis, keys: Keys, run: str, lanes: Iterable[str], place: Callable[[str], Place]) -> None:
        self._redis = redis
        self._keys = keys
        self._run = run
        self._place = place
        self._junk = Junk(redis, keys)
        self._epoch = -1
        self._stream = ""
        self._laid: dict[bytes, Items] = {}  # what is or was in the lists, until its claim is read
        self._lanes = sorted(lanes)

    def attach(self, epoch: int) -> None:
        """Turn to the lists of an epoch."""
        self._epoch = epoch
        self._stream = self._keys.answers(self._run, epoch)
        self._laid.clear()

    def _list(self, lane: str) -> str:
        return self._keys.pieces(self._run, self._epoch, lane)

    async def lay(self, pieces: Mapping[str, Sequence[Items]]) -> None:
        """Lay pieces open, by lane.

        Raises:
            RedisError: Some may lie open all the same.
        """
        async with self._redis.pipeline(transaction=False) as pipe:
            for lane, some in pieces.items():
                signed = [self._signed(lane, items) for items in some]
                pipe.rpush(self._list(lane), *signed)
                pipe.expire(self._list(lane), _LIST_TTL_SECONDS)
            await pipe.execute()

    def _signed(self, lane: str, items: Items) -> bytes:
        piece = Piece(host=lane, places=tuple(map(self._place, items)))
        signed = sign_piece(self._keys, self._stream, piece)
        self._laid[signed] = items
        return signed

    async def take_back(self, lane: str) -> list[Items]:
        """Empty a list in one step, and give the pieces that nobody had claimed."""
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.lrange(self._list(lane), 0, -1)
            pipe.delete(self._list(lane))
            found, _ = await pipe.execute()
        return [items for signed in found if (items := self._laid.pop(signed, None))]

    async def are_empty(self, lanes: Iterable[str]) -> list[str]:
        """Name those lanes of which nothing lies open any more."""
        listed = list(lanes)
        async with self._redis.pipeline(transaction=False) as pipe:
            for lane in listed:
                pipe.llen(self._list(lane))
            lengths: list[Any] = await pipe.execute()
        return [lane for lane, length in zip(listed, lengths, strict=True) if not length]

    async def items_of(self, claimed: Iterable[bytes]) -> list[Items]:
        """Give the items of pieces that were claimed; what no holder of our key laid open is dropped."""
        pieces: list[Items] = []
        for signed in claimed:
            items = self._laid.pop(signed, None)
            if items is None:  # an earlier coordinator's, or somebody else's
                items = await self._verified(signed)
            if items:
                pieces.append(items)
        return pieces

    async def _verified(self, signed: bytes) -> Items:
        try:
            return tuple(place.tenant for place in verify_piece(self._keys, self._stream, signed).places)
        except FormatError as error:
            await self._junk.count(JunkReason.TAG if isinstance(error, TagError) else JunkReason.FORMAT)
            return ()

    async def remove(self) -> None:
        """Delete the lists: the run, or its epoch, has ended."""
        if self._lanes and self._epoch >= 0:
            await self._redis.delete(*map(self._list, self._lanes))
