"""Keep what is no message of ours from Celery: it would end the worker process, or be unpacked without a bound.

Anything that somebody puts into the queue reaches kombu's channel first. Text that is no JSON, an envelope of another
form, compressed or oversized content is dropped here, and the worker goes on with the next message.
"""

from __future__ import annotations

from queue import Empty
from typing import Any, ClassVar

from kombu.transport import TRANSPORT_ALIASES, virtual
from kombu.transport import redis as kombu_redis

from shared.events.worker import JunkDropped
from shared.logs import log
from shared.messages import ANALYSE_SHAPE, MAX_MESSAGE_BYTES, SCAN_BATCH

_TASKS = frozenset({SCAN_BATCH, ANALYSE_SHAPE})
_MAX_BODY = 2 * MAX_MESSAGE_BYTES  # base64 takes a third more than what it holds, and the envelope is JSON


class JunkError(ValueError):
    """What was found in the queue is no message of ours; the message says what was expected."""


class GuardedMessage(virtual.Message):
    """A message whose envelope is checked before any of it is unpacked."""

    def __init__(self, payload: Any, channel: Any = None, **more: Any) -> None:
        check_envelope(payload)
        super().__init__(payload, channel=channel, **more)  # type: ignore[no-untyped-call]  # kombu has no types


class GuardedChannel(kombu_redis.Channel):
    """A channel that drops what is no message."""

    Message = GuardedMessage
    dropped: ClassVar[int] = 0

    def _brpop_read(self, **options: Any) -> bool:
        passing = (*self.connection_errors, *kombu_redis.Transport.channel_errors, Empty)
        try:
            return bool(super()._brpop_read(**options))  # type: ignore[no-untyped-call]  # kombu has no types
        except passing:
            raise
        except Exception as error:  # noqa: BLE001  # whatever lies in the queue: json, kombu and Celery raise all kinds
            GuardedChannel.dropped += 1
            if GuardedChannel.dropped == 1:
                log(JunkDropped(error=type(error).__name__))
            return True


class GuardedTransport(kombu_redis.Transport):
    """Kombu's transport for Redis with a guarded channel."""

    Channel = GuardedChannel


def guard_the_queue() -> None:
    """Have this process read its queue through the guard. Call it before the first connection."""
    TRANSPORT_ALIASES.update(dict.fromkeys(("redis", "rediss"), f"{__name__}:{GuardedTransport.__name__}"))


def check_envelope(payload: Any) -> None:
    """Make sure that an envelope is one that `workers.app.publish` writes.

    Raises:
        JunkError: When it is not.
    """
    match payload:
        case {
            "body": str(body),
            "content-type": "application/json",
            "headers": {"task": str(task)} as headers,
            "properties": {"delivery_tag": str(), "body_encoding": "base64"},
        }:
            if headers.get("compression"):
                raise JunkError("expected a message that is not compressed")
            if len(body) > _MAX_BODY:
                raise JunkError(f"expected at most {_MAX_BODY} bytes, found {len(body)}")
            if task not in _TASKS:
                raise JunkError("expected one of our two tasks")
        case _:
            raise JunkError("expected an envelope of our own")
