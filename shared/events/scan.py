"""Events of a scan, of the schedule and of the store."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from shared.events.event import Event, LogLevel


class Cause(StrEnum):
    """Who asked for a scan."""

    COMMAND = "command"
    REQUEST = "request"
    SCHEDULE = "schedule"


class ScanCreated(Event, tag="scan.created", frozen=True, kw_only=True):
    """A scan was asked for."""

    scan: str
    fleet: str
    cause: Cause


class ScanStarted(Event, tag="scan.started", frozen=True, kw_only=True):
    """A scan begins, or is resumed after its coordinator ended."""

    scan: str
    fleet: str
    resumed: bool


class ScanFinished(Event, tag="scan.finished", frozen=True, kw_only=True):
    """A scan has its report."""

    scan: str
    fleet: str
    status: str
    tenants: int
    groups: int
    seconds: float


class ScanFailed(Event, tag="scan.failed", frozen=True, kw_only=True):
    """A scan ended without a report; `error` is the type of the error, or empty when the process itself ended.

    `place` is a file and line of the declaration. `reason` is filled in only where it cannot quote SQL; `fleetdrift
    check` with the same configuration says the rest.
    """

    level: ClassVar[LogLevel] = LogLevel.ERROR
    scan: str
    fleet: str
    error: str
    place: str = ""
    reason: str = ""


class ScanCancelled(Event, tag="scan.cancelled", frozen=True, kw_only=True):
    """A scan ended early: somebody asked for that, or it was left unfinished and is too old to be resumed."""

    scan: str
    fleet: str


class ScanDue(Event, tag="schedule.due", frozen=True, kw_only=True):
    """The schedule asks for a scan; `joined` says that one was queued already."""

    fleet: str
    scan: str
    joined: bool


class ReportUnreadable(Event, tag="report.unreadable", frozen=True, kw_only=True):
    """The newest report is in a format that this release does not read: it is passed over until the next scan."""

    level: ClassVar[LogLevel] = LogLevel.ERROR
    fleet: str


class ReportUnwritten(Event, tag="report.unwritten", frozen=True, kw_only=True):
    """A file of a scan's report cannot be written; the report is in the store, and `/readyz` names the file."""

    level: ClassVar[LogLevel] = LogLevel.ERROR
    scan: str
    fleet: str


class CoordinatorLeads(Event, tag="coordinator.leads", frozen=True, kw_only=True):
    """Of the fleet's coordinators this one keeps the schedule and performs the scans asked for, from now on."""

    fleet: str


class CoordinatorWaits(Event, tag="coordinator.waits", frozen=True, kw_only=True):
    """Another coordinator of the fleet performs its scans; this one takes over when that one ends."""

    fleet: str


class StoreUnavailable(Event, tag="store.unavailable", frozen=True, kw_only=True):
    """The store cannot be reached; scans wait for it. Logged once a minute until it is back."""

    level: ClassVar[LogLevel] = LogLevel.ERROR
    fleet: str


class StoreBack(Event, tag="store.back", frozen=True, kw_only=True):
    """The store can be reached again."""

    fleet: str
