"""Messages that this release cannot read, answered all the same: their coordinator gets a reason, not silence.

A message that was taken is gone from the queue, so somebody waits for its answers. In two cases they can only be *no*:
a message in our own queue that does not decode, and messages that a coordinator of an older protocol put into that
protocol's queue, which nobody reads any more when the last older worker is gone.
"""

from __future__ import annotations

from typing import Any

import msgspec
from celery import Celery
from kombu.exceptions import KombuError
from redis import Redis
from redis.asyncio import Redis as AsyncRedis
from redis.exceptions import RedisError

from shared.events.worker import MessageRefused, OldQueueUnreachable
from shared.formats import PROTOCOL
from shared.logs import log
from shared.messages import Answer, AnswerSet, Failed, Keys, encode_answers
from shared.targets import Failure, FailureKind
from workers.settings import WorkerSettings

_FIRST = 1  # the only older protocol there is; its messages and answers carry no label
_LOOK_EVERY_SECONDS = 1.0
_MAX_MESSAGES_PER_LOOK = 50
_WORKER = "refused"


class _Heading(msgspec.Struct, frozen=True):
    """What messages of all protocols have in common: enough to answer each of their items."""

    run: str
    epoch: int
    batch: str
    places: tuple[tuple[Any, ...], ...] = ()
    analysis: str = ""
    key: str = ""

    @property
    def items(self) -> list[str]:
        """The tenants, or the one analysis, which protocol 1 calls the key."""
        return [str(place[0]) for place in self.places if place] or [self.analysis or self.key]


def _heading(text: str | bytes) -> _Heading | None:
    try:
        return msgspec.json.decode(text, type=_Heading)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None


def _no(heading: _Heading, reason: str) -> AnswerSet:
    failed = Failed(Failure(FailureKind.PROTOCOL, reason))
    return AnswerSet(batch=heading.batch, worker=_WORKER, answers=tuple(Answer(item, failed) for item in heading.items))


async def refuse(redis: AsyncRedis, keys: Keys, text: str, reason: str) -> None:
    """Answer every item of an unreadable message from our own queue with a failure.

    Args:
        redis: Connection pool of this process.
        keys: Of the fleet.
        text: The message.
        reason: One sentence.
    """
    heading = _heading(text)
    if heading is None:
        log(MessageRefused(protocol=PROTOCOL, answered=False))
        return
    log(MessageRefused(run=heading.run, batch=heading.batch, protocol=PROTOCOL, answered=True))
    stream = keys.answers(heading.run, heading.epoch)
    await redis.xadd(stream, {"a": encode_answers(keys, stream, _no(heading, reason))}, nomkstream=True)


class Refusals:
    """Looks after the fleets' queues of the older protocol, from the worker's main process.

    Args:
        app: The Celery application; its broker connection decodes what is in the queue.
        settings: Of this worker.
    """

    def __init__(self, app: Celery, settings: WorkerSettings) -> None:
        self._app = app
        self._reachable = True  # as far as the last look could tell: an outage is logged once
        self._queues = tuple(Keys(fleet.name, protocol=_FIRST) for fleet in settings.fleets)
        self._redis = Redis.from_url(settings.redis_url.reveal(), socket_timeout=2, socket_connect_timeout=2)

    def begin(self, sender: Any, **_: Any) -> None:
        """Look from now on (the signal `worker_ready`)."""
        sender.timer.call_repeatedly(_LOOK_EVERY_SECONDS, self.look)

    def look(self) -> None:
        """Refuse what lies in an older queue, unless an older worker lives that can do it."""
        try:
            for keys in self._queues:
                if self._redis.llen(keys.queue) and not self._older_workers(keys):
                    self._refuse_all(keys)
        except (RedisError, KombuError, OSError) as error:
            if self._reachable:
                self._reachable = False
                log(OldQueueUnreachable(protocol=_FIRST, error=type(error).__name__))
        else:
            self._reachable = True

    def _older_workers(self, keys: Keys) -> int:
        seconds, micros = self._redis.time()
        return int(self._redis.zcount(keys.first_workers, seconds + micros / 1e6, "+inf"))

    def _refuse_all(self, keys: Keys) -> None:
        with self._app.connection_for_read() as connection:
            for _ in range(_MAX_MESSAGES_PER_LOOK):
                message = connection.default_channel.basic_get(keys.queue, no_ack=True)
                if message is None:
                    return
                self._refuse(keys, message.payload)

    def _refuse(self, keys: Keys, payload: Any) -> None:
        match payload:
            case [[str(text)], *_] if heading := _heading(text):
                log(MessageRefused(run=heading.run, batch=heading.batch, protocol=_FIRST, answered=True))
                reason = (
                    f"the coordinator speaks protocol {_FIRST}, and the fleet's workers speak protocol {PROTOCOL}: "
                    f"upgrade the coordinator"
                )
                entry = msgspec.json.encode(_no(heading, reason))
                self._redis.xadd(keys.answers(heading.run, heading.epoch), {"a": entry}, nomkstream=True)
            case _:
                log(MessageRefused(protocol=_FIRST, answered=False))
