"""A fleet in the figures that metrics are made of: their number does not grow with the tenants."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import msgspec

from coordinator.memory.views import ChangeView, FleetStatus
from coordinator.report.model import TenantStatus
from shared.findings.finding import Severity
from shared.targets import Depth

NAMED_TIERS = 5
"""Tiers that are told apart: those of most tenants, whatever their status. Drift must not decide which are shown."""

UNKNOWN_SEVERITY = "unknown"
"""Of a tenant that was found drifted before its changes were remembered."""

_SEVERITIES = [severity.value for severity in Severity]


class AlikeTenants(msgspec.Struct, frozen=True, kw_only=True):
    """Tenants of which metrics say the same.

    Args:
        status: Where they are shown to stand.
        tier: Value of the label that says the tier, of the `NAMED_TIERS` with the most tenants; empty of all others.
            None of tenants that do not have the label.
        severities: Of the changes that they have, each once; empty where no change is known of them. Tenants that
            cannot be read keep what they were last known to have.
        services: Whose queries break in them, each once; likewise.
        tenants: How many.
    """

    status: TenantStatus
    tier: str | None = None
    severities: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    tenants: int

    @property
    def is_drifted(self) -> bool:
        """Say whether they are shown as drifted."""
        return self.status is TenantStatus.DRIFTED

    @property
    def worst(self) -> str:
        """Name the worst severity of what they have."""
        return min(self.severities, key=_SEVERITIES.index, default=UNKNOWN_SEVERITY)


class OpenChanges(msgspec.Struct, frozen=True, kw_only=True):
    """Open changes that are alike.

    Args:
        subject, kind, object_kind, severity: As in `FleetChange`.
        service: Whose queries they are; empty where they are no queries.
        is_new: The newest scan found them first.
        changes: How many.
        tenants: How many tenants have them; one that has two of them counts twice.
    """

    subject: str
    kind: str
    object_kind: str
    severity: str
    service: str = ""
    is_new: bool
    changes: int
    tenants: int


class Resolution(msgspec.Struct, frozen=True, kw_only=True):
    """A change that no tenant has any more.

    Args:
        resolved: When a scan found it gone.
        seconds: How long after it was first seen.
    """

    resolved: dt.datetime
    seconds: float


class ToldBy(msgspec.Struct, frozen=True, kw_only=True):
    """The notices of the last days for one who is told.

    Args:
        sink: Name.
        waiting: Not taken yet.
        delivered: Taken.
        given_up: Never taken, or nobody is told under this name any more.
    """

    sink: str
    waiting: int
    delivered: int
    given_up: int


class RunningScan(msgspec.Struct, frozen=True, kw_only=True):
    """How far a scan that is not over has come.

    Args:
        scan: Id.
        tenants: How many it is to read.
        answered: How many of them were read, or were given up.
    """

    scan: str
    tenants: int
    answered: int


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """A fleet in figures.

    Args:
        status: Tenants by status, open changes by severity, what the newest scan found.
        alike: All tenants, by what metrics say of them.
        changes: Open changes by what they are.
        worst: Some of the open changes, the worst first.
        oldest_open: When the open change that is open for longest was first seen.
        resolutions: How often a change was resolved; one that came back and went again counts twice.
        resolved: Those that were resolved after a moment that was asked for.
        failed_in_a_row: Scans that failed since one last gave a report.
        told: By who is told.
        depths: Tenants of the last scan by how deep one had to look; those that could not be read are not counted.
            None before the first scan.
        sign_mismatches: How often a sign has said that nothing had changed, and something had.
    """

    status: FleetStatus
    alike: tuple[AlikeTenants, ...] = ()
    changes: tuple[OpenChanges, ...] = ()
    worst: tuple[ChangeView, ...] = ()
    oldest_open: dt.datetime | None = None
    resolutions: int = 0
    resolved: tuple[Resolution, ...] = ()
    failed_in_a_row: int = 0
    told: tuple[ToldBy, ...] = ()
    depths: Mapping[Depth, int] | None = None
    sign_mismatches: int = 0
