"""Decide the status of a scan from its report, and the exit code from the status."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from coordinator.report.model import ReportBody, ScanReport, ScanStatus, TenantStatus
from coordinator.report.roll_up import new_since

EXIT_CODES: Mapping[ScanStatus, int] = MappingProxyType(
    {ScanStatus.IN_SYNC: 0, ScanStatus.FAILED: 1, ScanStatus.DRIFT: 2, ScanStatus.INCOMPLETE: 3}
)
"""docs/decisions/601: an incomplete scan is 3 even when it found drift, for the drift it lists may not be all."""

NOT_KNOWN = frozenset(
    {
        TenantStatus.UNVERIFIED,
        TenantStatus.UNREACHABLE,
        TenantStatus.ERROR,
        TenantStatus.STALE,
        TenantStatus.NEVER_SCANNED,
    }
)
"""Statuses that leave a question open: unknown is never green."""


def scan_status(body: ReportBody, incomplete: str = "") -> ScanStatus:
    """Decide the status of a scan that came to its end.

    Args:
        body: What the scan found.
        incomplete: Why the declaration was not read whole; empty when it was.

    Returns:
        `incomplete` when the declaration was not read whole, the state of any tenant is not known, or a whole service
        was not read, else `drift` when any has drifted, else `in_sync`; never `failed`: that is a scan which came to no
        end, and its caller knows.
    """
    present = {status for status, count in body.counts if count}
    if present & NOT_KNOWN or body.unread_services or incomplete:
        return ScanStatus.INCOMPLETE
    return ScanStatus.DRIFT if TenantStatus.DRIFTED in present else ScanStatus.IN_SYNC


def status_to_exit_with(report: ScanReport, *, fail_on_pending: bool, before: ReportBody | None = None) -> ScanStatus:
    """Give the status that decides the exit code.

    Args:
        report: What the scan found.
        fail_on_pending: A rollout that is under way counts as drift.
        before: An earlier report: drift that it has already, in the same tenants, does not count.
    """
    pending = dict(report.body.counts).get(TenantStatus.PENDING, 0)
    if report.status is ScanStatus.IN_SYNC:
        return ScanStatus.DRIFT if fail_on_pending and pending else ScanStatus.IN_SYNC
    if report.status is ScanStatus.DRIFT and before is not None and not _has_new_drift(report.body, before):
        return ScanStatus.IN_SYNC
    return report.status


def _has_new_drift(body: ReportBody, before: ReportBody) -> bool:
    drifted = {result.tenant for result in body.tenants if result.status is TenantStatus.DRIFTED}
    return any(drifted.intersection(wrong.tenants) for wrong in new_since(body, before))


def exit_code(status: ScanStatus) -> int:
    """Give the process's exit code: 0 in sync, 2 drift, 3 incomplete, 1 failed."""
    return EXIT_CODES[status]
