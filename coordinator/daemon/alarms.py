"""When the next scheduled scan is due. The clock is given, so that a year passes in a test."""

from __future__ import annotations

import datetime as dt
import itertools
import math
import zoneinfo
from collections.abc import Callable
from typing import Protocol

from cronsim import CronSim

from coordinator.settings.schedule import ScheduleTable
from shared.schema.canonical import content_hash

_FRACTION_DIGITS = 8
_TIMES_LOOKED_AT = 100
"""Times of a schedule among which the longest gap is looked for: the weekends of five months, at one a day."""


class Alarm(Protocol):
    """Knows when the next scan is due."""

    def seconds_left(self) -> float:
        """Say for how long nothing is due; not more than 0 when a scan is due, infinite when none ever is."""
        ...

    def was_answered(self) -> None:
        """Note that a scan was asked for because this alarm was due."""
        ...


class IntervalAlarm:
    """Is due at once, and then after every interval.

    Args:
        interval: Seconds; 0 is never due.
        clock: Gives seconds that never go back.
    """

    def __init__(self, interval: float, clock: Callable[[], float]) -> None:
        self._interval = interval
        self._clock = clock
        self._due = clock() if interval else math.inf

    def seconds_left(self) -> float:
        """Count from the last time."""
        return self._due - self._clock()

    def was_answered(self) -> None:
        """Begin the next interval now."""
        self._due = self._clock() + self._interval


class CronAlarm:
    """Is due at the times of a schedule. Of the times that passed while nobody looked, one is made up for.

    Args:
        schedule: When.
        last: When the schedule last asked for a scan; none when it never did: then what has passed is not missed.
        now: Gives the time of day, with its zone.
    """

    def __init__(self, schedule: CronSchedule, last: dt.datetime | None, now: Callable[[], dt.datetime]) -> None:
        self._schedule = schedule
        self._now = now
        self._due = schedule.due_after(last or now())

    def seconds_left(self) -> float:
        """Compare with the time of day, so that a machine that slept, or whose clock was set, is right at once."""
        return (self._due - self._now()).total_seconds()

    def was_answered(self) -> None:
        """Wait for the first time that is still to come: a scan that took longer than a period is not run after."""
        self._due = self._schedule.due_after(self._now())


class CronSchedule:
    """The times of `[schedule]`.

    Args:
        table: With a cron expression.
        fleet: Name: two fleets with one schedule begin at different times within the jitter.
    """

    def __init__(self, table: ScheduleTable, fleet: str) -> None:
        self._table = table
        self._fleet = fleet
        self._zone = zoneinfo.ZoneInfo(table.timezone)

    def due_after(self, moment: dt.datetime) -> dt.datetime:
        """Give the first time after a moment, with its jitter; in UTC.

        Args:
            moment: With its zone.
        """
        time = next(CronSim(self._table.cron, moment.astimezone(self._zone))).astimezone(dt.UTC)
        return time + dt.timedelta(seconds=self._table.jitter * self._fraction(time))

    def longest_gap(self, moment: dt.datetime) -> float:
        """Give the longest time between two of the next times, in seconds; 0 when at most one is left.

        Args:
            moment: With its zone.
        """
        times = itertools.islice(CronSim(self._table.cron, moment.astimezone(self._zone)), _TIMES_LOOKED_AT)
        utc = [time.astimezone(dt.UTC) for time in times]
        return max(((later - sooner).total_seconds() for sooner, later in itertools.pairwise(utc)), default=0.0)

    def _fraction(self, time: dt.datetime) -> float:
        digits = content_hash("jitter/1", (self._fleet, time.isoformat()))[:_FRACTION_DIGITS]
        return int(digits, 16) / float(16**_FRACTION_DIGITS)
