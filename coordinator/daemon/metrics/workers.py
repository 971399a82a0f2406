"""Metrics of the workers and of Redis between them and the coordinator."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from coordinator.daemon.metrics.table import Metric, MetricKind, Sample
from coordinator.engine.crew import Crew
from shared.messages import JunkReason

_REDIS_AWAY = "Redis does not answer"

WORKERS = Metric(
    name="workers",
    help="Living workers by whether they can do this coordinator's work: ours, other_protocol, other_key.",
    labels=("standing",),
    unit="workers",
    absent=_REDIS_AWAY,
)
SLOTS = Metric(
    name="worker_slots",
    help="Batches that the workers take at once that can do this coordinator's work.",
    unit="batches",
    absent=_REDIS_AWAY,
)
QUEUE = Metric(name="queue_messages", help="Messages that wait for a worker.", unit="messages", absent=_REDIS_AWAY)
QUEUE_OLDEST = Metric(
    name="queue_oldest_message_timestamp_seconds",
    help="Since when at least the oldest message waits: when it was first seen to be the next.",
    unit="seconds",
    absent="no message waits, or Redis does not answer",
)
PERMITS = Metric(
    name="connection_permits",
    help="Connections to the tenants' servers that scans may hold now, over all servers.",
    unit="connections",
    absent=_REDIS_AWAY,
)
PERMIT_LIMIT = Metric(
    name="connection_permit_limit",
    help="Connections that they may hold at most, over all servers.",
    unit="connections",
)
JUNK = Metric(
    name="junk_dropped",
    help="What was found in Redis and dropped, by why.",
    kind=MetricKind.COUNTER,
    labels=("reason",),
    unit="messages",
)
METRICS = (WORKERS, SLOTS, QUEUE, QUEUE_OLDEST, PERMITS, PERMIT_LIMIT, JUNK)


class QueueSight(msgspec.Struct, frozen=True, kw_only=True):
    """What one look at Redis found.

    Args:
        crew: The living workers.
        messages: How many wait for one.
        waiting_since: Since when, in seconds since the epoch, the next one is seen waiting; None when none waits.
        permits: Connections that scans may hold.
    """

    crew: Crew
    messages: int
    waiting_since: float | None
    permits: int


def queue_samples(sight: QueueSight) -> Iterator[Sample]:
    """Give the metrics of workers and queue."""
    crew = sight.crew
    yield Sample(WORKERS, ("ours",), crew.workers)
    yield Sample(WORKERS, ("other_protocol",), len(crew.foreign))
    yield Sample(WORKERS, ("other_key",), len(crew.strangers))
    yield Sample(SLOTS, (), crew.slots)
    yield Sample(QUEUE, (), sight.messages)
    if sight.waiting_since is not None:
        yield Sample(QUEUE_OLDEST, (), sight.waiting_since)
    yield Sample(PERMITS, (), sight.permits)


def junk_samples(junk: Mapping[JunkReason, int]) -> Iterator[Sample]:
    """Give how much was dropped, by every reason."""
    yield from (Sample(JUNK, (reason.value,), junk.get(reason, 0)) for reason in JunkReason)
