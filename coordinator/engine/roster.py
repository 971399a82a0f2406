"""The workers of a fleet one by one, and what waits for them."""

from __future__ import annotations

from typing import Any

import msgspec
from redis.asyncio import Redis

from coordinator.engine.crew import Crew, read_presences
from shared.formats import PROTOCOL
from shared.messages import Keys, Presence


class RosterEntry(msgspec.Struct, frozen=True):
    """A living worker, and why it cannot do this coordinator's work, in a sentence; empty when it can."""

    presence: Presence
    problem: str


class Roster(msgspec.Struct, frozen=True):
    """The living workers of a fleet, sorted by name, and how many messages none of them has taken yet."""

    workers: tuple[RosterEntry, ...]
    waiting: int

    @property
    def slots(self) -> int:
        """How many batches those take at once that can do this coordinator's work."""
        return sum(each.presence.slots for each in self.workers if not each.problem)


async def read_roster(redis: Redis, keys: Keys) -> Roster:
    """Ask Redis who works for a fleet.

    Raises:
        RedisError: When Redis does not say.
    """
    present = await read_presences(redis, keys)
    waiting: Any = await redis.llen(keys.queue)
    entries = (RosterEntry(each, _problem(each, keys)) for each in present)
    return Roster(tuple(sorted(entries, key=lambda entry: (entry.presence.worker, entry.presence.protocol))), waiting)


def _problem(presence: Presence, keys: Keys) -> str:
    if presence.protocol != PROTOCOL:
        theirs, older = presence.protocol or "an unknown one", presence.protocol < PROTOCOL
        what = "worker" if older else "coordinator"
        return f"its protocol is {theirs}, that of this coordinator {PROTOCOL}: upgrade the {what}"
    if not keys.ring.understands(presence.keys):
        return Crew(strangers=(presence.worker,)).other_keys
    return ""
