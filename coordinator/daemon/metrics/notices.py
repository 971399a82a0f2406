"""Metrics of notices: whether those who are to be told were told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from coordinator.daemon.metrics.table import Metric, Sample
from coordinator.memory.figures import ToldBy

NOTICES = Metric(
    name="notices",
    help="Notices of the last days by who is told, and by whether they wait, were delivered, or were given up.",
    labels=("sink", "state"),
    unit="notices",
    absent="nobody is told under this name",
)
METRICS = (NOTICES,)


def notice_samples(told: Sequence[ToldBy], sinks: Sequence[str]) -> Iterator[Sample]:
    """Give the metrics of notices.

    Args:
        told: What is remembered.
        sinks: Who is told, as configured: of them there are series from the start.
    """
    known = {each.sink: each for each in told}
    for sink in sorted({*known, *sinks}):
        each = known.get(sink, ToldBy(sink=sink, waiting=0, delivered=0, given_up=0))
        yield Sample(NOTICES, (sink, "waiting"), each.waiting)
        yield Sample(NOTICES, (sink, "delivered"), each.delivered)
        yield Sample(NOTICES, (sink, "given_up"), each.given_up)
