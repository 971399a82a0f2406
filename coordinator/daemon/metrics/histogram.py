"""What was observed of something that takes time, in buckets, with the scan that took longest to each."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator


class Histogram:
    """Counts durations by the bucket into which they fall.

    Args:
        bounds: Upper ends of the buckets in seconds, ascending; what is beyond the last is counted too.
    """

    def __init__(self, bounds: tuple[float, ...]) -> None:
        self._bounds = bounds
        self._counts = [0] * (len(bounds) + 1)
        self._exemplars: list[tuple[str, float] | None] = [None] * (len(bounds) + 1)
        self.seconds = 0.0

    def observe(self, seconds: float, scan: str = "") -> None:
        """Count a duration.

        Args:
            seconds: How long it took.
            scan: Id of the scan in which, to be found from a chart; empty for none.
        """
        place = bisect_left(self._bounds, seconds)
        self._counts[place] += 1
        self.seconds += seconds
        if scan:
            self._exemplars[place] = (scan, seconds)

    def buckets(self) -> Iterator[tuple[str, int, tuple[str, float] | None]]:
        """Give (upper end, how many took at most so long, (scan, seconds) of the last one in the bucket)."""
        total = 0
        for bound, count, exemplar in zip(
            (*map(str, self._bounds), "+Inf"), self._counts, self._exemplars, strict=True
        ):
            total += count
            yield bound, total, exemplar
