"""What is asked of the memory and what it answers: by the API, the command line, metrics and notifications alike."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

import msgspec

from coordinator.memory.model import ChangeLife, FleetChange
from coordinator.report.model import ScanStatus, TenantResult, TenantStatus
from shared.schema.schema import SchemaVersion
from shared.targets import Failure, Labels


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """Where a tenant that could not be read stood when it was last read.

    Args:
        status: Then.
        shape: Then.
        group: Its drift group, whose plan still is its plan.
    """

    status: TenantStatus
    shape: str
    group: str


class LastKnown(msgspec.Struct, frozen=True):
    """Where a tenant is known to stand, as it is shown, and since when."""

    status: TenantStatus
    since: dt.datetime


class TenantView(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where one tenant stands now, as far as that is known.

    Args:
        tenant: Name.
        status: Now; `stale` when it was last read too long ago.
        since: From when it stands where it stands.
        shape: Schema hash, when the last try read it.
        group: Its drift group, when it has one.
        versions: What its migration tables said.
        failure: Why the last try could not read it.
        known: Where it stood when it was last read, when the last try could not.
        last_good: When it was last read; none when it never was.
        changes: How many changes it has, as far as is known; says nothing of a tenant that was never read.
        labels: What the inventory says about it, by name.
    """

    tenant: str
    status: TenantStatus
    since: dt.datetime
    shape: str = ""
    group: str = ""
    versions: tuple[SchemaVersion, ...] = ()
    failure: Failure | None = None
    known: Known | None = None
    last_good: dt.datetime | None = None
    changes: int = 0
    labels: dict[str, str] = msgspec.field(default_factory=dict)

    @property
    def known_changes(self) -> int | None:
        """How many changes it has; None of a tenant that was never read: nobody knows."""
        return None if self.last_good is None else self.changes


class TenantFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which tenants are asked for; what is empty leaves nothing out.

    Args:
        name: A pattern of shell wildcards, `eu-*`.
        status: As shown: `stale` ones are in no other status.
        change: Id of a change that they have.
        shape: Their schema hash, or how it begins.
        group: Their drift group.
        labels: (name, value) pairs that they all have.
    """

    name: str = ""
    status: TenantStatus | None = None
    change: str = ""
    shape: str = ""
    group: str = ""
    labels: Labels = ()


class LabelError(ValueError):
    """What was given as a label is none; the message is a sentence."""


def label_of(text: str) -> tuple[str, str]:
    """Read a label as people write it, `tier=gold`.

    Raises:
        LabelError: When it has no name or no value.
    """
    name, _, value = text.partition("=")
    if not name or not value:
        raise LabelError(f"expected a label as NAME=VALUE, such as tier=gold, found {text!r}")
    return name, value


class StayView(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of a tenant's timeline.

    Args:
        since: From when.
        until: To when; none for now.
        result: Where it stood: status, shape, group, versions, failure.
    """

    since: dt.datetime
    until: dt.datetime | None
    result: TenantResult


class TenantHistory(msgspec.Struct, frozen=True, kw_only=True):
    """All that is remembered of a tenant.

    Args:
        now: As it is known now.
        stays: Newest first.
        changes: Every change that it ever had, with its life in this tenant; sorted by first sight.
    """

    now: TenantView
    stays: tuple[StayView, ...]
    changes: tuple[tuple[FleetChange, ChangeLife], ...]


class ChangeState(StrEnum):
    """Whether any tenant has a change now."""

    OPEN = "open"
    RESOLVED = "resolved"


class ChangeFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which changes are asked for; what is empty leaves nothing out.

    Args:
        state: Open or resolved.
        since: Only those first seen at this moment or later.
        subject: `schema`, `version`, `contract` or `service`.
        severity: `error`, `warning` or `info`.
        tenant: Only those that this tenant has now.
        object: A part of the object's name.
    """

    state: ChangeState | None = None
    since: dt.datetime | None = None
    subject: str = ""
    severity: str = ""
    tenant: str = ""
    object: str = ""


class ChangeView(msgspec.Struct, frozen=True, kw_only=True):
    """One change of the fleet, with its life.

    Args:
        change: What it is.
        first_seen: When a scan first found it in any tenant.
        last_seen: When a scan last found it.
        resolved: When no tenant had it any more; none while it is open.
        flaps: How often it came back.
        tenants: How many tenants have it now; those that could not be read count by what is known of them.
        most_tenants: The most that ever had it.
    """

    change: FleetChange
    first_seen: dt.datetime
    last_seen: dt.datetime
    resolved: dt.datetime | None
    flaps: int
    tenants: int
    most_tenants: int


class FoundByScan(msgspec.Struct, frozen=True, kw_only=True):
    """What became different with one scan; the worst first.

    Args:
        new: Changes that no scan had found before it.
        resolved: Changes that it found gone, and that did not come back since.
    """

    new: tuple[ChangeView, ...]
    resolved: tuple[ChangeView, ...]


class SuspiciousScan(msgspec.Struct, frozen=True, kw_only=True):
    """A scan that found more drift than is likely, and that nobody has confirmed yet.

    Args:
        scan: Its id.
        reason: Why, in a sentence.
        tenants: (status, tenants) before it.
    """

    scan: str
    reason: str
    tenants: tuple[tuple[TenantStatus, int], ...]


class FleetStatus(msgspec.Struct, frozen=True, kw_only=True):
    """A fleet in a few figures.

    Args:
        fleet: Name.
        scanned: When a scan of the whole fleet last ended; none when none did.
        oldest_good: When the tenant that was not read for longest was last read.
        tenants: (status, tenants) for every status; sums to the fleet.
        changes: (severity, open changes) for every severity.
        new: Open changes that the newest scan found first.
        resolved: Changes that the newest scan found gone.
        suspicious: The scan whose result is held back until it is confirmed, with the statuses before it.
        outcome: How the newest scan of the whole fleet ended that gave a report: `incomplete` where something could not
            be read, even when each tenant could. None when there is no such report, or it is no longer kept.
    """

    fleet: str
    scanned: dt.datetime | None
    oldest_good: dt.datetime | None
    tenants: tuple[tuple[TenantStatus, int], ...]
    changes: tuple[tuple[str, int], ...]
    new: int
    resolved: int
    suspicious: SuspiciousScan | None = None
    outcome: ScanStatus | None = None


class ShapeShare(msgspec.Struct, frozen=True, kw_only=True):
    """Tenants that have the same schema and the same status.

    Args:
        shape: Schema hash; empty for tenants that were never read.
        status: As shown.
        tenants: How many.
    """

    shape: str
    status: TenantStatus
    tenants: int


class FleetMoment(msgspec.Struct, frozen=True, kw_only=True):
    """How a fleet stood from one moment on.

    Args:
        at: The moment.
        tenants: (status, tenants) of every status that any tenant had.
        new: Changes that were first seen at that moment.
        resolved: Changes that were found gone at that moment, and did not come back since.
    """

    at: dt.datetime
    tenants: tuple[tuple[TenantStatus, int], ...]
    new: int = 0
    resolved: int = 0


class FleetHistory(msgspec.Struct, frozen=True, kw_only=True):
    """How a fleet stood over time.

    Args:
        fleet: Name.
        since: From when; the first moment sums up what came before.
        moments: Each at which a tenant moved, or a change began or ended; newest first.
    """

    fleet: str
    since: dt.datetime
    moments: tuple[FleetMoment, ...]
