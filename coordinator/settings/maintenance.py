"""`[[hosts.NAME.maintenance]]`: when a server is left alone. The arithmetic is pure: the time is given."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated

import msgspec
from cronsim import CronSim

from coordinator.settings.schedule import refuse_no_cron, zone_called
from coordinator.settings.table import Table
from shared.targets import Failure, FailureKind

_MAX_REASON_CHARACTERS = 200
_MINUTES_OF_A_WEEK = 7 * 24 * 60


class MaintenanceTable(Table, frozen=True, kw_only=True):
    """`[[hosts.NAME.maintenance]]`: a window that opens again and again, in which no scan connects to the server.

    Args:
        cron: When it opens, as in `[schedule]`.
        minutes: How long it stays open, at most a week: a clock that is set forward or back meanwhile changes nothing.
        timezone: In which `cron` is meant.
        reason: What is said of the tenants that are not read.

    Raises:
        ValueError: When the expression or the time zone is none, or the reason is not one printable line.
    """

    cron: str
    minutes: Annotated[int, msgspec.Meta(gt=0, le=_MINUTES_OF_A_WEEK)]
    timezone: str = "UTC"
    reason: str = ""

    def __post_init__(self) -> None:
        refuse_no_cron(self.cron, zone_called(self.timezone))
        if not self.reason.isprintable() or len(self.reason) > _MAX_REASON_CHARACTERS:
            raise ValueError(f"expected a reason of one line, at most {_MAX_REASON_CHARACTERS} characters")


class Maintenance(msgspec.Struct, frozen=True, kw_only=True):
    """A window of a host that is open.

    Args:
        host: Name.
        until: When it closes, in the time zone of its table.
        reason: As it is configured; may be empty.
    """

    host: str
    until: dt.datetime
    reason: str = ""

    @property
    def sentence(self) -> str:
        """Say it to people."""
        said = f"host {self.host} is in maintenance until {self.until.isoformat(timespec='minutes')}"
        return f"{said}: {self.reason}" if self.reason else said

    @property
    def failure(self) -> Failure:
        """Give what becomes of a tenant that lives there."""
        return Failure(FailureKind.MAINTENANCE, f"not read: {self.sentence}")


Closed = Mapping[str, Maintenance]
"""The hosts to which no connection is opened now, by name."""

NOBODY_IS_CLOSED: Closed = {}
"""For commands that connect whatever window is open: they are run by somebody who knows."""


def closed_hosts(windows: Mapping[str, Sequence[MaintenanceTable]], now: dt.datetime) -> dict[str, Maintenance]:
    """Give the hosts of which a window is open.

    Args:
        windows: Of each host.
        now: With its zone.

    Returns:
        For each the window that closes last of those that are open.
    """
    found: dict[str, Maintenance] = {}
    for host, tables in sorted(windows.items()):
        latest = max(_open(host, tables, now), key=lambda each: each.until, default=None)
        if latest is not None:
            found[host] = latest
    return found


def _open(host: str, tables: Iterable[MaintenanceTable], now: dt.datetime) -> Iterable[Maintenance]:
    for table in tables:
        length, zone = dt.timedelta(minutes=table.minutes), zone_called(table.timezone)
        # CronSim gives what comes after a moment: what opened a whole length ago has closed just now
        moments = CronSim(table.cron, (now.astimezone(dt.UTC) - length).astimezone(zone))
        for opened in itertools.takewhile(lambda moment: moment <= now, moments):
            until = (opened.astimezone(dt.UTC) + length).astimezone(zone)
            yield Maintenance(host=host, until=until, reason=table.reason)
