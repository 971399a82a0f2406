"""What the command line and the API give of what is kept, as JSON documents for programs."""

from __future__ import annotations

import datetime as dt

import msgspec

from coordinator.access.audit import AuditEntry
from coordinator.memory.views import ChangeView, FleetHistory, FleetStatus, TenantHistory, TenantView
from coordinator.records.ignores import IgnoresList
from coordinator.report.model import DriftGroup, ScanStatus, TenantStatus
from coordinator.store.records import ScanRecord
from shared.findings.finding import Severity
from shared.formats import (
    AUDIT_PAGE,
    CHANGES_PAGE,
    FLEET_HISTORY,
    FLEET_STATUS,
    GROUP_DOCUMENT,
    GROUPS_LIST,
    IGNORES_LIST,
    SCAN_DOCUMENT,
    SCANS_PAGE,
    TENANT_HISTORY,
    TENANTS_PAGE,
    WORKERS_LIST,
    Format,
)
from shared.remediation.plan import ProofStatus
from shared.schema.schema import SchemaVersion


class TenantsPage(msgspec.Struct, frozen=True, kw_only=True):
    """Tenants of a fleet, by name.

    Args:
        fleet: Name.
        tenants: Of this page.
        after: What to ask the next page with; none when this is the last.
    """

    fleet: str
    tenants: tuple[TenantView, ...]
    after: str | None


class ChangesPage(msgspec.Struct, frozen=True, kw_only=True):
    """Changes of a fleet: open ones first, the worst first, then those that most tenants have.

    Args:
        fleet: Name.
        changes: Of this page.
        after: What to ask the next page with; none when this is the last.
    """

    fleet: str
    changes: tuple[ChangeView, ...]
    after: str | None


class ScansPage(msgspec.Struct, frozen=True, kw_only=True):
    """Scans of a fleet, newest first.

    Args:
        fleet: Name.
        scans: Of this page.
        after: What to ask the next page with; none when this is the last.
    """

    fleet: str
    scans: tuple[ScanRecord, ...]
    after: str | None


class AuditPage(msgspec.Struct, frozen=True, kw_only=True):
    """Who did what, newest first.

    Args:
        fleet: To this fleet, or to all.
        entries: Of this page.
        after: What to ask the next page with; none when this is the last.
    """

    fleet: str
    entries: tuple[AuditEntry, ...]
    after: str | None


class GroupSummary(msgspec.Struct, frozen=True, kw_only=True):
    """One drift group in a line.

    Args:
        id: Of the group.
        tenants: How many are known to be in it now; those that cannot be read count by what is known of them.
        shape: Schema hash that they share.
        versions: What their migration tables said.
        changes: How many objects differ.
        broken_queries: How many queries of services break.
        severity: The worst of its findings; none when it has none.
        statements: Of its plan; none when it has no plan.
        proof: Whether the plan was seen to work on a copy; none when it has no plan.
    """

    id: str
    tenants: int
    shape: str
    versions: tuple[SchemaVersion, ...]
    changes: int
    broken_queries: int
    severity: Severity | None
    statements: int | None
    proof: ProofStatus | None


class GroupsList(msgspec.Struct, frozen=True, kw_only=True):
    """The drift groups that any tenant is known to be in now, those of most tenants first.

    Args:
        fleet: Name.
        groups: All of them.
    """

    fleet: str
    groups: tuple[GroupSummary, ...]


class GroupDocument(msgspec.Struct, frozen=True, kw_only=True):
    """One drift group in full. `fleetdrift tenants --group ID` lists its tenants.

    Args:
        fleet: Name.
        tenants: How many are known to be in it now.
        group: Its difference, findings, plan and patches, without the names of its tenants.
    """

    fleet: str
    tenants: int
    group: DriftGroup


class FleetSummary(msgspec.Struct, frozen=True, kw_only=True):
    """One fleet of a coordinator in a few figures.

    Args:
        fleet: Name.
        leads: The coordinator that answers performs its scans; another one does where it does not.
        scanned: When a scan of the whole fleet last ended; none when none did.
        tenants: (status, tenants) for every status; sums to the fleet.
        changes: (severity, open changes) for every severity.
        outcome: As in the status of the fleet.
        suspicious_scan: The scan whose result is held back until it is confirmed.
        problems: What keeps it from being scanned, as sentences.
    """

    fleet: str
    leads: bool
    scanned: dt.datetime | None
    tenants: tuple[tuple[TenantStatus, int], ...]
    changes: tuple[tuple[str, int], ...]
    outcome: ScanStatus | None
    suspicious_scan: str | None
    problems: tuple[str, ...]


class ConfigurationState(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the configuration file of a coordinator is in force as it is now.

    Args:
        problem: Why it is not, in a sentence: what was read before still counts. Empty when it is.
        waiting: Tables that have changed, and count only after a restart.
    """

    problem: str = ""
    waiting: tuple[str, ...] = ()


class FleetsList(msgspec.Struct, frozen=True, kw_only=True):
    """The fleets of a coordinator.

    Args:
        fleets: In the order of its configuration.
        configuration: Whether that is in force.
    """

    fleets: tuple[FleetSummary, ...]
    configuration: ConfigurationState


class WorkerView(msgspec.Struct, frozen=True, kw_only=True):
    """One living worker of a fleet.

    Args:
        worker: Its name; empty where it could not be read.
        slots: How many batches it takes at once.
        protocol: What it speaks; 0 where it could not be read.
        problem: Why it cannot do this coordinator's work, in a sentence; empty when it can.
    """

    worker: str
    slots: int
    protocol: int
    problem: str


class WorkersList(msgspec.Struct, frozen=True, kw_only=True):
    """Who is there to work for a fleet, as Redis says it.

    Args:
        fleet: Name.
        workers: Sorted by name.
        slots: Batches that those take at once which can do this coordinator's work.
        waiting: Messages that no worker has taken yet; none when Redis does not say.
        problem: Why Redis does not say, in a sentence; empty when it does.
    """

    fleet: str
    workers: tuple[WorkerView, ...] = ()
    slots: int = 0
    waiting: int | None = None
    problem: str = ""


Document = (
    FleetStatus
    | FleetHistory
    | TenantsPage
    | TenantHistory
    | ChangesPage
    | ScansPage
    | ScanRecord
    | GroupsList
    | GroupDocument
    | WorkersList
    | AuditPage
    | IgnoresList
)

FORMATS: dict[type[Document], Format] = {
    FleetStatus: FLEET_STATUS,
    FleetHistory: FLEET_HISTORY,
    TenantsPage: TENANTS_PAGE,
    TenantHistory: TENANT_HISTORY,
    ChangesPage: CHANGES_PAGE,
    ScansPage: SCANS_PAGE,
    ScanRecord: SCAN_DOCUMENT,
    GroupsList: GROUPS_LIST,
    GroupDocument: GROUP_DOCUMENT,
    WorkersList: WORKERS_LIST,
    AuditPage: AUDIT_PAGE,
    IgnoresList: IGNORES_LIST,
}
"""The format of each."""
