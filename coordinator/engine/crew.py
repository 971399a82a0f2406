"""Who is there to work for a fleet, and in which protocol."""

from __future__ import annotations

from typing import Any

import msgspec
from redis.asyncio import Redis

from shared.formats import PROTOCOL
from shared.messages import Keys, Presence

_UNKNOWN = 0  # the protocol of a worker whose presence cannot be read
_FIRST_PROTOCOL = 1


class Crew(msgspec.Struct, frozen=True):
    """The living workers of a fleet.

    Args:
        workers: How many speak our protocol and have our key.
        slots: How many batches those take at once.
        foreign: Protocols of the others, one entry for each worker, sorted; 0 where it could not be read.
        strangers: Names of those that speak our protocol and have another key, sorted.
    """

    workers: int = 0
    slots: int = 0
    foreign: tuple[int, ...] = ()
    strangers: tuple[str, ...] = ()

    @property
    def other_keys(self) -> str:
        """Say in a sentence which workers have another key; empty when all have ours."""
        if not self.strangers:
            return ""
        others = f" and {len(self.strangers) - 1} others" if len(self.strangers) > 1 else ""
        return (
            f"worker {self.strangers[0]}{others} cannot check what this coordinator signs, or signs with a key that it "
            f"does not accept: give coordinator and workers the same [redis] key"
        )


class ForeignWorkersError(Exception):
    """No living worker can do this coordinator's work: all speak other protocols, or have other keys."""

    def __init__(self, crew: Crew) -> None:
        super().__init__(crew.other_keys or self._other_protocols(crew))

    @staticmethod
    def _other_protocols(crew: Crew) -> str:
        speak = " and ".join(str(each) if each else "unknown" for each in sorted(set(crew.foreign)))
        older = "the coordinator" if max(crew.foreign) > PROTOCOL else "the workers"
        count = len(crew.foreign)
        return (
            f"no worker takes this coordinator's messages: it speaks protocol {PROTOCOL}, and the fleet's only "
            f"{'worker speaks' if count == 1 else f'{count} workers speak'} protocol {speak}: upgrade {older}"
        )


async def read_crew(redis: Redis, keys: Keys) -> Crew:
    """Count who said lately that it lives."""
    present = await read_presences(redis, keys)
    ours = [each for each in present if each.protocol == PROTOCOL]
    able = [each for each in ours if keys.ring.understands(each.keys)]
    return Crew(
        workers=len(able),
        slots=sum(each.slots for each in able),
        strangers=tuple(sorted(each.worker for each in ours if not keys.ring.understands(each.keys))),
        foreign=tuple(sorted(each.protocol for each in present if each.protocol != PROTOCOL)),
    )


async def read_presences(redis: Redis, keys: Keys) -> list[Presence]:
    """Give who said lately that it lives, whatever it speaks; those of protocol 1 say nothing but that."""
    seconds, micros = await redis.time()
    now = seconds + micros / 1e6
    members: Any = await redis.zrangebyscore(keys.presence, now, "+inf")
    first: Any = await redis.zrangebyscore(keys.first_workers, now, "+inf")
    return [*map(_presence, members), *(Presence("", 0, _FIRST_PROTOCOL) for _ in first)]


def _presence(member: bytes) -> Presence:
    try:
        return msgspec.json.decode(member, type=Presence)
    except (msgspec.MsgspecError, ValueError):
        return Presence("", 0, _UNKNOWN)
