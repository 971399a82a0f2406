"""`[schedule]`: at which times of the day `fleetdrift serve` scans."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from typing import Annotated

import msgspec
from cronsim import CronSim, CronSimError

from coordinator.settings.table import Table


class ScheduleTable(Table, frozen=True, kw_only=True):
    """`[schedule]`: scans at the times of a cron expression, instead of every `[scan] interval` seconds.

    Args:
        cron: Minute, hour, day of the month, month, day of the week: `30 2 * * 1-5`; empty scans by the interval.
        timezone: In which those are meant, as the IANA names it. What falls into an hour that is skipped in spring runs
            right after it; what falls into the hour that comes twice in autumn runs once.
        jitter: Seconds by which a scan may begin later, so that not all fleets are scanned at once: as many each time
            as the fleet's name and that time decide.

    Raises:
        ValueError: When the expression or the time zone is none, or the expression has no time at all.
    """

    cron: str = ""
    timezone: str = "UTC"
    jitter: Annotated[float, msgspec.Meta(ge=0, le=86400)] = 0.0

    def __post_init__(self) -> None:
        zone = zone_called(self.timezone)
        if self.cron:
            refuse_no_cron(self.cron, zone)


def zone_called(name: str) -> zoneinfo.ZoneInfo:
    """Give the time zone of a name of the IANA; raises ValueError when there is none."""
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"expected a time zone such as Europe/Berlin, found {name!r}") from None


def refuse_no_cron(text: str, zone: zoneinfo.ZoneInfo) -> None:
    """Raise ValueError for a text that is no cron expression, or one that has no time at all."""
    try:
        next(CronSim(text, dt.datetime(2026, 1, 1, tzinfo=zone)))
    except (CronSimError, StopIteration):
        raise ValueError(f"expected a cron expression such as '30 2 * * *', found {text!r}") from None
