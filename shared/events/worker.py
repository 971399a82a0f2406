"""Events of workers and of the messages they work on."""

from __future__ import annotations

from typing import ClassVar

from shared.events.event import Event, LogLevel, RunEvent


class WorkerStarted(Event, tag="worker.started", frozen=True, kw_only=True):
    """A worker takes batches from now on."""

    worker: str
    fleets: str  # names with commas between them
    slots: int


class WorkerStopping(Event, tag="worker.stopping", frozen=True, kw_only=True):
    """A worker takes no more batches, and ends when those it has are done."""

    worker: str
    fleets: str  # names with commas between them


class WorkerUnannounced(Event, tag="worker.unannounced", frozen=True, kw_only=True):
    """A worker cannot announce itself in Redis. `error` is the type of the error."""

    level: ClassVar[LogLevel] = LogLevel.WARNING
    worker: str
    error: str


class WorkBegun(RunEvent, tag="work.begun", frozen=True, kw_only=True):
    """A pool process begins with a message."""

    batch: str
    process: str
    items: int
    attempt: int


class WorkEnded(RunEvent, tag="work.ended", frozen=True, kw_only=True):
    """A pool process has answered for every item of a message."""

    batch: str
    process: str
    seconds: float


class MessageDropped(RunEvent, tag="message.dropped", frozen=True, kw_only=True):
    """A worker dropped a message, or the rest of it, because its run has ended."""

    batch: str
    process: str


class MessageGivenUp(RunEvent, tag="message.given_up", frozen=True, kw_only=True):
    """A worker gave a message up because Redis cannot be reached; the coordinator will send the rest again."""

    level: ClassVar[LogLevel] = LogLevel.WARNING
    batch: str
    process: str
    error: str


class ClaimFailed(RunEvent, tag="claim.failed", frozen=True, kw_only=True):
    """A worker does not know whether it has claimed something, because Redis is away: it claims no more for a batch."""

    level: ClassVar[LogLevel] = LogLevel.WARNING
    batch: str
    error: str


class MessageRefused(RunEvent, tag="message.refused", frozen=True, kw_only=True):
    """A message of another format or protocol: its items fail, if it says which they are. `protocol` is its queue's."""

    level: ClassVar[LogLevel] = LogLevel.ERROR
    batch: str = ""
    protocol: int
    answered: bool


class JunkDropped(Event, tag="junk.dropped", frozen=True, kw_only=True):
    """A process found something in Redis that is not ours, or that it cannot read, and dropped it.

    Said once for each `reason` by each process; the metrics count. `error` is the type of the error.
    """

    level: ClassVar[LogLevel] = LogLevel.ERROR
    reason: str
    error: str


class OldQueueUnreachable(Event, tag="old_queue.unreachable", frozen=True, kw_only=True):
    """A worker cannot look for messages of an older protocol. `error` is the type of the error."""

    level: ClassVar[LogLevel] = LogLevel.WARNING
    protocol: int
    error: str


class InternalError(Event, tag="internal.error", frozen=True, kw_only=True):
    """A bug of ours. `id` is also in the report; `frames` are file, line and function, outermost first."""

    level: ClassVar[LogLevel] = LogLevel.ERROR
    id: str
    error: str
    frames: tuple[str, ...]
