"""The report as a JSON document, for programs: docs/report-format.md describes it."""

from __future__ import annotations

import msgspec

from coordinator.report.model import DriftSummary, ReportBody, ScanReport, ScanStatus, Selection, Step
from coordinator.report.sighting import FirstSeen


class ReportDocument(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The top level: the envelope flat, the headline beside it, and the whole hashed body under `report`."""

    format: str
    execution_id: str
    status: ScanStatus
    started: str
    duration: float
    content_hash: str
    steps: tuple[Step, ...]
    drift_summary: DriftSummary
    remediation_steps: int
    selection: Selection | None = None
    not_selected: int = 0
    first_seen: tuple[FirstSeen, ...] | msgspec.UnsetType = msgspec.UNSET
    report: ReportBody


def document(report: ScanReport) -> ReportDocument:
    """Arrange a report as it is written out."""
    return ReportDocument(
        format=report.format,
        execution_id=report.execution_id,
        status=report.status,
        started=report.started,
        duration=report.duration,
        content_hash=report.content_hash,
        steps=report.steps,
        drift_summary=report.body.drift_summary,
        remediation_steps=report.body.remediation_steps,
        selection=report.selection,
        not_selected=report.not_selected,
        first_seen=report.first_seen,
        report=report.body,
    )


def render_json(report: ScanReport) -> str:
    """Write the document, indented, with a final line feed. Equal reports give equal bytes."""
    return msgspec.json.format(msgspec.json.encode(document(report)), indent=2).decode() + "\n"
