"""What is kept of a fleet as tables of text: CSV for spreadsheets and scripts."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from coordinator.access.audit import AuditEntry
from coordinator.memory.views import ChangeView, FleetHistory, FleetMoment, TenantView
from coordinator.records.documents import GroupSummary, WorkerView
from coordinator.records.ignores import IgnoreView
from coordinator.report.model import TenantStatus
from coordinator.report.renderers.spreadsheet import csv_text
from coordinator.store.records import ScanRecord
from coordinator.store.schemas import KeptShape

_TENANTS = ("tenant", "status", "changes", "since", "last_good", "shape", "group", "failure", "labels")
_CHANGES = (
    "id",
    "severity",
    "subject",
    "kind",
    "object",
    "tenants",
    "first_seen",
    "last_seen",
    "resolved",
    "flaps",
    "rule",
)
_SCANS = (
    "scan",
    "state",
    "requested",
    "finished",
    "tenants",
    "answered",
    "requested_by",
    "purpose",
    "reason",
    "selection",
)
_WORKERS = ("worker", "slots", "protocol", "problem")
_GROUPS = (
    "id",
    "severity",
    "tenants",
    "changes",
    "broken_queries",
    "statements",
    "proof",
    "shape",
    "versions",
)
_SHAPES = ("shape", "tenants", "is_kept")
_IGNORES = ("id", "source", "state", "until", "owner", "reason", "created_by", "created", "ignores")
_AUDIT = ("id", "at", "who", "via", "address", "action", "fleet", "subject", "detail")


def tenants_csv(tenants: Iterable[TenantView]) -> str:
    """Write tenants, one a line, below a line of names."""
    return csv_text(_TENANTS, (_tenant(tenant) for tenant in tenants))


def changes_csv(changes: Iterable[ChangeView]) -> str:
    """Write changes, one a line, below a line of names."""
    return csv_text(_CHANGES, (_change(view) for view in changes))


def scans_csv(scans: Iterable[ScanRecord]) -> str:
    """Write scans, one a line, below a line of names."""
    return csv_text(_SCANS, (_scan(scan) for scan in scans))


def history_csv(history: FleetHistory) -> str:
    """Write moments, one a line, below a line of names: how many tenants had each status, what began and ended."""
    names = ("at", *(status.value for status in TenantStatus), "new_changes", "resolved_changes")
    return csv_text(names, (_moment(at) for at in history.moments))


def _moment(at: FleetMoment) -> tuple[object, ...]:
    stood = dict(at.tenants)
    return (at.at, *(stood.get(status, 0) for status in TenantStatus), at.new, at.resolved)


def _scan(scan: ScanRecord) -> tuple[object, ...]:
    selection = scan.selection.sentence if scan.selection else ""
    return (*(getattr(scan, name) for name in _SCANS[:-1]), selection)


def workers_csv(workers: Iterable[WorkerView]) -> str:
    """Write workers, one a line, below a line of names."""
    return csv_text(_WORKERS, (tuple(getattr(worker, name) for name in _WORKERS) for worker in workers))


def audit_csv(entries: Iterable[AuditEntry]) -> str:
    """Write lines of the audit log below a line of names."""
    return csv_text(_AUDIT, (tuple(getattr(entry, name) for name in _AUDIT) for entry in entries))


def shapes_csv(shapes: Iterable[KeptShape]) -> str:
    """Write shapes, one a line, below a line of names."""
    return csv_text(_SHAPES, (tuple(getattr(shape, name) for name in _SHAPES) for shape in shapes))


def groups_csv(groups: Iterable[GroupSummary]) -> str:
    """Write drift groups, one a line, below a line of names."""
    return csv_text(_GROUPS, map(_group, groups))


def _group(group: GroupSummary) -> tuple[object, ...]:
    versions = " ".join(f"{version.tool}={version.version}" for version in group.versions)
    what = (group.id, group.severity, group.tenants, group.changes, group.broken_queries)
    return (*what, group.statements, group.proof, group.shape, versions)


def ignores_csv(ignores: Iterable[IgnoreView]) -> str:
    """Write ignore rules below a line of names; what a rule selects stands in one column, as JSON."""
    return csv_text(_IGNORES, map(_ignore, ignores))


def _ignore(view: IgnoreView) -> tuple[object, ...]:
    rule = view.rule
    chosen = {name: value for name, value in msgspec.to_builtins(rule).items() if value not in ("*", {})}
    what = {name: value for name, value in chosen.items() if name not in _IGNORES}
    said = (view.id, view.source, view.state, rule.until.isoformat(), rule.owner, rule.reason)
    return (*said, view.created_by, view.created, msgspec.json.encode(what).decode())


def _tenant(tenant: TenantView) -> tuple[object, ...]:
    shape = tenant.shape or (tenant.known.shape if tenant.known else "")
    group = tenant.known.group if tenant.known else tenant.group
    failure = f"{tenant.failure.kind}: {tenant.failure.message}" if tenant.failure else ""
    labels = " ".join(f"{name}={value}" for name, value in sorted(tenant.labels.items()))
    where = (tenant.tenant, tenant.status, tenant.known_changes, tenant.since, tenant.last_good)
    return (*where, shape, group, failure, labels)


def _change(view: ChangeView) -> tuple[object, ...]:
    change = view.change
    what = (change.id, change.severity, change.subject, change.kind, change.object, view.tenants)
    return (*what, view.first_seen, view.last_seen, view.resolved, view.flaps, change.rule)
