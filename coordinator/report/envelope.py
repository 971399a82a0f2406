"""The envelope around a report's body: how the scan ended, and the hash of what it says."""

from __future__ import annotations

from coordinator.report.model import ReportBody, ScanReport, ScanStatus, Step, TenantStatus
from shared.schema.canonical import content_hash

_NOT_KNOWN = frozenset(
    {
        TenantStatus.UNVERIFIED,
        TenantStatus.UNREACHABLE,
        TenantStatus.ERROR,
        TenantStatus.STALE,
        TenantStatus.NEVER_SCANNED,
    }
)
"""Statuses that leave a question open: unknown is never green."""


def scan_status(body: ReportBody) -> ScanStatus:
    """Say how a scan that came to its end did.

    Returns:
        `incomplete` when the state of any tenant is not known, else `drift` when any has drifted, else `in_sync`;
        never `failed`: that is a scan which came to no end, and its caller knows.
    """
    present = {status for status, count in body.counts if count}
    if present & _NOT_KNOWN:
        return ScanStatus.INCOMPLETE
    return ScanStatus.DRIFT if TenantStatus.DRIFTED in present else ScanStatus.IN_SYNC


def body_hash(body: ReportBody) -> str:
    """Hash the deterministic part: equal for two scans of an unchanged fleet."""
    return content_hash("report/1", body)


def seal(
    body: ReportBody,
    *,
    execution_id: str,
    started: str,
    duration: float,
    steps: tuple[Step, ...],
    status: ScanStatus | None = None,
) -> ScanReport:
    """Put a body into its envelope.

    Args:
        body: The deterministic part.
        execution_id: Unique per run.
        started: RFC 3339, UTC.
        duration: Seconds.
        steps: The execution log.
        status: How it ended, where the body does not tell (`failed`).
    """
    return ScanReport(
        execution_id=execution_id,
        status=status or scan_status(body),
        started=started,
        duration=duration,
        steps=steps,
        content_hash=body_hash(body),
        body=body,
    )
