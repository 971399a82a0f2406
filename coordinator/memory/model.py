"""What the memory holds: where tenants stand, and the changes that they have, each with its life."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

import msgspec

from coordinator.report.model import TenantResult, TenantStatus
from shared.diff.changes import Change
from shared.findings.finding import Finding, Severity
from shared.schema.canonical import content_hash

READ = frozenset({TenantStatus.IN_SYNC, TenantStatus.DRIFTED, TenantStatus.PENDING, TenantStatus.UNVERIFIED})
"""Statuses of a tenant whose schema was read."""

DECIDED = READ | {TenantStatus.EXCLUDED}
"""Statuses that say which changes a tenant has; with any other status it keeps those that it was last known to have."""


class ChangeSubject(StrEnum):
    """What a change is about."""

    SCHEMA = "schema"  # an object that differs
    VERSION = "version"  # the schema version, or something else that is said of a whole shape
    CONTRACT = "contract"  # a query of a service that breaks in the tenant
    TENANCY = "tenancy"  # what keeps tenants apart in shared tables: of the tenants that have it, or of the declaration
    SERVICE = "service"  # a query that breaks in the declared schema too: a fault of the service, in no tenant


class FleetChange(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One difference, whichever tenants have it: its id depends on nothing else in their schemas.

    Args:
        id: First 16 hex digits of the hash of what it is.
        subject: What it is about.
        kind: `missing`, `unexpected`, `altered`, `unverified`; of a contract the verdict's status.
        object_kind: `index`, …; of a contract `query`.
        object: The object as people read it, `index public.orders_by_day`; of a contract service, file and line.
        severity: The worst that a rule gave it.
        rule: That rule's id.
        message: That rule's sentence; of a contract its reason.
        declared_at: File and line of the declaration, or of the Rust source; empty when there is none.
        sides: The difference with both definitions; none for a contract, a version or a shape.
        text: The query of a contract.
        service: Whose query it is; empty where it is no query's, and where a release before this one has written it.
    """

    id: str
    subject: ChangeSubject
    kind: str
    object_kind: str
    object: str
    severity: Severity
    rule: str = ""
    message: str = ""
    declared_at: str = ""
    sides: Change | None = None
    text: str = ""
    service: str = ""


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """Where a tenant stands: its row of a report without its name. Many tenants share one.

    Args:
        result: The row, with an empty name.
        changes: Ids of the changes that a tenant has which stands here, sorted.
        is_compared: Its schema was compared with the declaration. Where it was not, though it was read, `changes` says
            only why.
    """

    result: TenantResult
    changes: tuple[str, ...] = ()
    is_compared: bool = True

    @property
    def decides(self) -> bool:
        """Say whether it tells which changes a tenant has; else it keeps those that it was last known to have too."""
        return self.result.status in DECIDED and self.is_compared

    @property
    def digest(self) -> str:
        """Name it by what it holds. Whether it was compared follows from its changes, and is no part of the name."""
        return content_hash("standing/1", {"result": self.result, "changes": self.changes})


class Remembered(msgspec.Struct, frozen=True, kw_only=True):
    """What one report adds to the memory.

    Args:
        standings: The distinct ones.
        tenants: (name, index into `standings`), sorted by name.
        changes: All that any tenant has, and the faults; sorted by id.
        faults: Ids of the changes that are in no tenant: the services' own, and what the declared schemas earn by the
            tenancy rules.
    """

    standings: tuple[Standing, ...]
    tenants: tuple[tuple[str, int], ...]
    changes: tuple[FleetChange, ...]
    faults: tuple[str, ...] = ()


class Stay(msgspec.Struct, frozen=True, kw_only=True):
    """For how long a tenant stood where.

    Args:
        standing: Where.
        since: From when.
        until: When it moved on; none for where it stands now.
    """

    standing: Standing
    since: dt.datetime
    until: dt.datetime | None


class ChangeLife(msgspec.Struct, frozen=True, kw_only=True):
    """The life of one change in one tenant.

    Args:
        change: Its id.
        first_seen: When a scan first found it.
        resolved: When a scan found it gone; none while it is there.
        flaps: How often it came back.
    """

    change: str
    first_seen: dt.datetime
    resolved: dt.datetime | None
    flaps: int = 0


def worst_of(findings: tuple[Finding, ...]) -> Finding | None:
    """Give the finding of the worst severity; of equal ones the first."""
    order = list(Severity)
    return min(findings, key=lambda finding: order.index(finding.severity), default=None)
