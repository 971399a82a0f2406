"""Events of a run: its epochs, its batches, the hosts and tenants as the ledger sees them, and Redis."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from shared.events.event import Event, LogLevel, RunEvent
from shared.targets import FailureKind


class RequeueReason(StrEnum):
    """Why items of a batch wait again."""

    WORKER_LOST = "worker_lost"  # it started and its lease expired
    MESSAGE_LOST = "message_lost"  # it left the queue and never started
    REDIS_LOST = "redis_lost"  # Redis forgot the run
    BLOB_LOST = "blob_lost"  # Redis dropped a value that an answer or a message names
    REDIS_AWAY = "redis_away"  # its worker could not answer, because Redis was away or refused to store anything
    CLAIM_LOST = "claim_lost"  # its worker was never told what it had claimed, because Redis was away


class ObstacleKind(StrEnum):
    """What keeps a run from moving although no tenant is at fault."""

    NO_WORKER = "no_worker"  # none is announced
    OTHER_PROTOCOL = "other_protocol"  # those that are speak another protocol
    OTHER_KEY = "other_key"  # some that are have another [redis] key
    QUEUE_UNREAD = "queue_unread"  # none of those that are takes a message
    REDIS_AWAY = "redis_away"  # cannot be reached
    REDIS_FULL = "redis_full"  # stores nothing any more
    REDIS_WRONG_TYPE = "redis_wrong_type"  # a key holds a value of another type
    REDIS_REFUSES = "redis_refuses"  # another error
    BLOB_MISSING = "blob_missing"  # what was stored is not there any more
    CONNECTIONS_HELD = "connections_held"  # other scans hold a host's connections


class RunStarted(RunEvent, tag="run.started", frozen=True, kw_only=True):
    """An epoch of a run begins: its answer stream is open. A later epoch of the same run means that Redis lost it."""

    epoch: int
    items: int
    finished: int


class RunFinished(RunEvent, tag="run.finished", frozen=True, kw_only=True):
    """Every item of a run has its final outcome."""

    items: int


class DeadlineReached(RunEvent, tag="run.deadline", frozen=True, kw_only=True):
    """The run ended at its deadline; the missing items fail."""

    level: ClassVar[LogLevel] = LogLevel.WARNING
    missing: int


class RunWaits(RunEvent, tag="run.waits", frozen=True, kw_only=True):
    """Something keeps a run from moving; logged once a minute. `subject` is a key, a host or the type of an error."""

    level: ClassVar[LogLevel] = LogLevel.WARNING
    obstacle: ObstacleKind
    subject: str


class RunMoves(RunEvent, tag="run.moves", frozen=True, kw_only=True):
    """Nothing keeps the run from moving any more."""


class BlobLost(RunEvent, tag="blob.lost", frozen=True, kw_only=True):
    """Redis does not have a value that an answer or a message names: what depends on it is sent again."""

    level: ClassVar[LogLevel] = LogLevel.WARNING
    blobs: int
    batches: int


class RedisLost(RunEvent, tag="redis.lost", frozen=True, kw_only=True):
    """Redis forgot the run: everything in flight is sent again."""

    level: ClassVar[LogLevel] = LogLevel.WARNING
    batches: int


class AnswerRefused(RunEvent, tag="answer.refused", frozen=True, kw_only=True):
    """An entry of the answer stream is not ours or cannot be read, and is dropped; each cause is said once in a run."""

    level: ClassVar[LogLevel] = LogLevel.ERROR
    reason: str


class BlobRefused(Event, tag="blob.refused", frozen=True, kw_only=True):
    """A value in Redis, or in the store, is not what its name says or not signed with our key, so it is not used."""

    level: ClassVar[LogLevel] = LogLevel.WARNING
    name: str


class RedisUnreachable(RunEvent, tag="redis.unreachable", frozen=True, kw_only=True):
    """Redis cannot be reached; the run waits for it. `error` is the type of the error."""

    level: ClassVar[LogLevel] = LogLevel.WARNING
    error: str


class RedisBack(RunEvent, tag="redis.back", frozen=True, kw_only=True):
    """Redis can be reached again; every lease starts again."""


class BatchSent(RunEvent, tag="batch.sent", frozen=True, kw_only=True):
    """A batch was put into the queue."""

    batch: str
    host: str
    items: int
    attempt: int
    connections: int
    careful: bool


class BatchStarted(RunEvent, tag="batch.started", frozen=True, kw_only=True):
    """The first sign of a worker at work on a batch: its lease begins."""

    batch: str
    host: str


class BatchAnswered(RunEvent, tag="batch.answered", frozen=True, kw_only=True):
    """Every item of a batch is answered: of so many that its message named or its worker claimed."""

    batch: str
    host: str
    items: int


class BatchExpired(RunEvent, tag="batch.expired", frozen=True, kw_only=True):
    """The lease of a batch expired: its worker died, or its message was lost."""

    level: ClassVar[LogLevel] = LogLevel.WARNING
    batch: str
    host: str
    missing: int
    started: bool


class BatchRequeued(RunEvent, tag="batch.requeued", frozen=True, kw_only=True):
    """What is missing of a batch waits again; `careful` says that it will be read one after the other."""

    batch: str
    host: str
    items: int
    reason: RequeueReason
    careful: bool


class PiecesLost(RunEvent, tag="pieces.lost", frozen=True, kw_only=True):
    """Redis lost what lay open of a host for its workers: it waits again."""

    level: ClassVar[LogLevel] = LogLevel.WARNING
    host: str
    pieces: int


class TenantStruck(RunEvent, tag="tenant.struck", frozen=True, kw_only=True):
    """A worker died while it read this tenant, alone or first in a careful batch."""

    level: ClassVar[LogLevel] = LogLevel.WARNING
    tenant: str
    host: str
    strikes: int


class TenantHeld(RunEvent, tag="tenant.held", frozen=True, kw_only=True):
    """A tenant failed in a way that is not final yet; `retried`: it will be tried again for its own sake."""

    tenant: str
    host: str
    kind: FailureKind
    retried: bool


class BreakerOpened(RunEvent, tag="breaker.opened", frozen=True, kw_only=True):
    """A host is taken to be down: only single probes are sent to it."""

    level: ClassVar[LogLevel] = LogLevel.WARNING
    host: str
    kind: FailureKind


class BreakerProbed(RunEvent, tag="breaker.probed", frozen=True, kw_only=True):
    """One tenant of a host whose breaker is open is tried."""

    batch: str
    host: str


class BreakerClosed(RunEvent, tag="breaker.closed", frozen=True, kw_only=True):
    """A host that was taken to be down has answered."""

    host: str


class HostFailed(RunEvent, tag="host.failed", frozen=True, kw_only=True):
    """The probe of a host failed: all its unfinished tenants fail."""

    level: ClassVar[LogLevel] = LogLevel.WARNING
    host: str
    kind: FailureKind
    tenants: int


class PermitsRefused(RunEvent, tag="permits.refused", frozen=True, kw_only=True):
    """Other scans hold a host's connections: batches wait. Logged once until permits are granted again."""

    host: str
    batches: int


class PermitsGranted(RunEvent, tag="permits.granted", frozen=True, kw_only=True):
    """A host that had refused permits grants them again."""

    host: str


class SignsRead(RunEvent, tag="signs.read", frozen=True, kw_only=True):
    """Before tenants are read: by the signs found of `hosts`, `settled` tenants are known to be unchanged."""

    hosts: int
    found: int
    settled: int


class SignMismatched(RunEvent, tag="sign.mismatched", frozen=True, kw_only=True):
    """A sign says that nothing has changed in a tenant's database, and something has: its host's are forgotten."""

    level: ClassVar[LogLevel] = LogLevel.ERROR
    tenant: str
    host: str
