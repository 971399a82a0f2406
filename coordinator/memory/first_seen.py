"""Tell a report since when what it says is known."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

import msgspec

from coordinator.memory.remember import told_changes
from coordinator.report.model import ReportBody, ScanReport
from coordinator.report.roll_up import RolledUp, as_with_a_database, of_finding, of_verdict
from coordinator.report.sighting import FirstSeen
from shared.findings.finding import Finding


def ids_of_changes(body: ReportBody) -> tuple[str, ...]:
    """Give the ids of all changes that tenants of a report have, sorted."""
    return tuple(sorted({change for change, _ in _said(body)}))


def with_first_seen(report: ScanReport, known: Mapping[str, dt.datetime]) -> ScanReport:
    """Give the report with the moment at which each thing that is wrong was first found.

    Args:
        report: As a scan made it.
        known: When each change was first seen, by id; what is not in it gets no moment.
    """
    moments: dict[RolledUp, dt.datetime] = {}
    for change, wrong in _said(report.body):
        if change in known:
            moments[wrong] = min(known[change], moments.get(wrong, known[change]))
    found = (
        FirstSeen(rule=wrong.rule, object=wrong.object, message=wrong.message, at=_written(moment))
        for wrong, moment in moments.items()
    )
    return msgspec.structs.replace(report, first_seen=tuple(sorted(found)))


def _said(body: ReportBody) -> Iterator[tuple[str, RolledUp]]:
    for group in body.groups:
        for change, reasons in told_changes(group):
            for reason in reasons:
                wrong = of_finding(reason) if isinstance(reason, Finding) else of_verdict(reason)
                yield change.id, as_with_a_database(wrong)


def _written(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
