"""Claim further pieces for a batch: what its connections read next is decided when one of them is free."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from redis.exceptions import RedisError

from shared.events.worker import ClaimFailed
from shared.formats import FormatError
from shared.logs import log
from shared.messages import JunkReason, Place, ScanBatch, verify_piece
from shared.signing import TagError
from shared.targets import Target
from workers.answers import AnswerWriter
from workers.child import Child
from workers.snapshots import KnownSnapshots

CLAIM_FOR_SECONDS = 15.0
"""A batch claims for so long: then its place in the pool is free for others, of whatever run."""

_SHARE_OF_TIME_LIMIT = 0.25  # of the soft time limit: a claimed piece must have time to be read
_WORTH_SECONDS = 0.01  # a claim asks for what is read in so long: one piece but of tenants that take no time
_MAX_PIECES = 50
_PLENTY = 4  # pieces for each connection of a batch: while more are left, what is read next is claimed ahead
_FIRST_TRIES, _TRY_AGAIN_AFTER_SECONDS = 5, 0.02  # the coordinator lays pieces open when it hears of the first batch


class Claims:
    """The claims of one batch.

    Args:
        child: This process.
        message: What the batch began with.
        writer: Its answers, among which claims stand.
        known: The run's known snapshots.
    """

    def __init__(self, child: Child, message: ScanBatch, writer: AnswerWriter, known: KnownSnapshots) -> None:
        self._child = child
        self._message = message
        self._writer = writer
        self._known = known
        self._stream = child.keys.answers(message.run, message.epoch)
        self._list = child.keys.pieces(message.run, message.epoch, message.host)
        self._clock = asyncio.get_running_loop().time
        self._begun = self._clock()
        self._until = self._begun + min(CLAIM_FOR_SECONDS, child.settings.soft_time_limit * _SHARE_OF_TIME_LIMIT)
        self._claimed = 0
        self._tenants = 0  # in the pieces that it claimed
        self.read = 0  # tenants of the batch that have been read
        self.plenty = True  # there is so much left that claiming ahead keeps nothing from other workers at the end

    async def claim(self, wanted: int) -> tuple[list[Target], Mapping[str, bytes | None]]:
        """Give the targets of the next pieces, and what is remembered of them as it stands in Redis.

        Args:
            wanted: How many connections are going to read them.

        Returns:
            No targets when the batch is to end.

        Raises:
            RunGoneError: When the run has ended.
        """
        tries = 1 if self._claimed else _FIRST_TRIES
        while not self._child.stopping() and self._clock() < self._until:
            most = max(wanted, self._worth())
            try:
                found = await self._writer.claim(self._list, most, self._known.list, self._known.read)
            except RedisError as error:  # what was claimed, if anything, comes back when the batch is over
                log(ClaimFailed(run=self._message.run, batch=self._message.batch, error=type(error).__name__))
                break
            await self._known.note(found.known)
            self._claimed += len(found.pieces)
            self.plenty = found.left >= _PLENTY * self._message.connections
            if targets := await self._targets(found.pieces):
                return targets, found.sightings
            tries -= not found.pieces
            if not tries:
                break
            await asyncio.sleep(_TRY_AGAIN_AFTER_SECONDS)
        return [], {}

    def _worth(self) -> int:
        """Give how many pieces a claim asks for: where reading takes no time, a claim each would."""
        seconds = max(self._clock() - self._begun, 0.001)
        pieces = self.read * max(1, self._claimed) / max(1, self._tenants)
        return min(_MAX_PIECES, int(pieces / seconds * _WORTH_SECONDS))

    async def _targets(self, found: Sequence[bytes]) -> list[Target]:
        targets: list[Target] = []
        for signed in found:
            try:
                piece = verify_piece(self._child.keys, self._stream, signed)
                if piece.host != self._message.host:
                    raise TagError(f"expected a piece of host {self._message.host}, found another host's")
            except FormatError as error:
                reason = JunkReason.TAG if isinstance(error, TagError) else JunkReason.FORMAT
                await self._child.junk.drop(reason, error)
                continue
            self._tenants += len(piece.places)
            targets += (target_of(piece.host, place) for place in piece.places)
        return targets


def target_of(host: str, place: Place) -> Target:
    """Give a place of a host as a target."""
    return Target(tenant=place.tenant, host=host, database=place.database, namespace=place.namespace)
