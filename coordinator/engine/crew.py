"""Who is there to work for a fleet, and in which protocol."""

from __future__ import annotations

from typing import Any

import msgspec
from redis.asyncio import Redis

from shared.formats import PROTOCOL
from shared.messages import Keys, Presence

_UNKNOWN = 0  # the protocol of a worker whose presence cannot be read


class Crew(msgspec.Struct, frozen=True):
    """The living workers of a fleet.

    Args:
        slots: How many batches those of our protocol take at once.
        foreign: Protocols of the others, one entry for each worker, sorted; 0 where it could not be read.
    """

    slots: int = 0
    foreign: tuple[int, ...] = ()


class ForeignWorkersError(Exception):
    """Only workers of other protocols live, which never see this coordinator's messages: one side must be upgraded."""

    def __init__(self, crew: Crew) -> None:
        speak = " and ".join(str(each) if each else "unknown" for each in sorted(set(crew.foreign)))
        older = "the coordinator" if max(crew.foreign) > PROTOCOL else "the workers"
        count = len(crew.foreign)
        super().__init__(
            f"no worker takes this coordinator's messages: it speaks protocol {PROTOCOL}, and the fleet's only "
            f"{'worker speaks' if count == 1 else f'{count} workers speak'} protocol {speak}: upgrade {older}"
        )


async def read_crew(redis: Redis, keys: Keys) -> Crew:
    """Count who said lately that it lives."""
    seconds, micros = await redis.time()
    now = seconds + micros / 1e6
    members: Any = await redis.zrangebyscore(keys.presence, now, "+inf")
    first: Any = await redis.zrangebyscore(keys.first_workers, now, "+inf")
    present = [_presence(member) for member in members]
    return Crew(
        slots=sum(each.slots for each in present if each.protocol == PROTOCOL),
        foreign=tuple(sorted([each.protocol for each in present if each.protocol != PROTOCOL] + [1] * len(first))),
    )


def _presence(member: bytes) -> Presence:
    try:
        return msgspec.json.decode(member, type=Presence)
    except (msgspec.MsgspecError, ValueError):
        return Presence("", 0, _UNKNOWN)
