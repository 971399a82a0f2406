"""Keep what is no message of ours from Celery: it would end the worker process, or be unpacked without a bound.

Anything that somebody puts into the queue reaches kombu's channel first. Text that is no JSON, an envelope of another
form, compressed or oversized content is dropped here, and the worker goes on with the next message.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from queue import Empty
from typing import Any

from kombu.transport import TRANSPORT_ALIASES, virtual
from kombu.transport import redis as kombu_redis

from shared.events.worker import JunkDropped
from shared.logs import log
from shared.messages import ANALYSE_SHAPE, MAX_MESSAGE_BYTES, SCAN_BATCH, JunkReason

_TASKS = frozenset({SCAN_BATCH, ANALYSE_SHAPE})
_said: set[JunkReason] = set()
_dropped: Counter[JunkReason] = Counter()  # since they were last taken; a process has one queue
_MAX_BODY = 2 * MAX_MESSAGE_BYTES  # base64 takes a third more than what it holds, and the envelope is JSON


class JunkError(ValueError):
    """What was found in the queue is no message of ours; the message says what was expected."""

    reason = JunkReason.ENVELOPE


class OversizedError(JunkError):
    """It is larger than any message of ours."""

    reason = JunkReason.SIZE


class GuardedMessage(virtual.Message):
    """A message whose envelope is checked before any of it is unpacked."""

    def __init__(self, payload: Any, channel: Any = None, **more: Any) -> None:
        check_envelope(payload)
        super().__init__(payload, channel=channel, **more)  # type: ignore[no-untyped-call]  # kombu has no types


class GuardedChannel(kombu_redis.Channel):
    """A channel that drops what is no message."""

    Message = GuardedMessage

    def _brpop_read(self, **options: Any) -> bool:
        passing = (*self.connection_errors, *kombu_redis.Transport.channel_errors, Empty)
        try:
            return bool(super()._brpop_read(**options))  # type: ignore[no-untyped-call]  # kombu has no types
        except passing:
            raise
        except Exception as error:  # noqa: BLE001  # whatever lies in the queue: json, kombu and Celery raise all kinds
            _drop(error.reason if isinstance(error, JunkError) else JunkReason.ENVELOPE, error)
            return True


class GuardedTransport(kombu_redis.Transport):
    """Kombu's transport for Redis with a guarded channel."""

    Channel = GuardedChannel


def guard_the_queue() -> None:
    """Have this process read its queue through the guard. Call it before the first connection."""
    TRANSPORT_ALIASES.update(dict.fromkeys(("redis", "rediss"), f"{__name__}:{GuardedTransport.__name__}"))


def _drop(reason: JunkReason, error: Exception) -> None:
    """Count what was dropped, and say the first of each reason."""
    _dropped[reason] += 1
    if reason not in _said:
        _said.add(reason)
        log(JunkDropped(reason=reason, error=type(error).__name__))


def take_dropped() -> Mapping[JunkReason, int]:
    """Give what was dropped since the last call, by reason."""
    taken = dict(_dropped)
    _dropped.clear()
    return taken


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
                raise OversizedError(f"expected at most {_MAX_BODY} bytes, found {len(body)}")
            if task not in _TASKS:
                raise JunkError("expected one of our two tasks")
        case _:
            raise JunkError("expected an envelope of our own")
