"""Render a report as CSV (RFC 4180), for spreadsheets: a line for each tenant and each thing that is wrong in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from coordinator.report.model import ScanReport, TenantResult
from coordinator.report.overview import OverviewRow, overview_of
from coordinator.report.renderers.rollouts import rollout_sentence
from coordinator.report.renderers.spreadsheet import csv_text
from shared.contracts.contract import Verdict
from shared.findings.finding import Finding, Severity

COLUMNS = (
    "object",
    "severity",
    "first_seen",
    "tenant",
    "status",
    "rule",
    "message",
    "to_do",
    "drift_group",
    "schema",
    "versions",
)
"""The first line."""

_Line = tuple[str, ...]


def render_csv(report: ScanReport) -> str:
    """Write the lines: the worst first, then tenants that are not known, then those with nothing wrong.

    What is wrong in no tenant (faults of services, of the declaration, what was not checked) has no tenant.
    """
    return csv_text(COLUMNS, _lines(report))


def _lines(report: ScanReport) -> Iterator[_Line]:
    body = report.body
    results = {result.tenant: result for result in body.tenants}
    wrong: defaultdict[str, int] = defaultdict(int)
    for row in overview_of(report):
        for tenant in row.tenants:
            wrong[tenant] += 1
            yield _of_wrong(row, results[tenant])
    rollouts = {rollout.id: rollout_sentence(rollout) for rollout in body.rollouts}
    for result in sorted(body.tenants, key=lambda result: (result.failure is None, result.tenant)):
        if not wrong[result.tenant]:
            yield _of_tenant(result, rollouts.get(result.rollout, ""))
    yield from map(_of_verdict, body.service_faults)
    yield from map(_of_finding, body.tenancy_faults)
    yield from (_without_tenant(message=sentence, status="not checked") for sentence in body.unchecked)


def _of_wrong(row: OverviewRow, result: TenantResult) -> _Line:
    return (
        row.object,
        row.severity.value,
        row.since,
        result.tenant,
        result.status.value,
        row.rule,
        row.message,
        row.to_do,
        *_place(result),
    )


def _of_tenant(result: TenantResult, rollout: str) -> _Line:
    failure = f"{result.failure.kind}: {result.failure.message}" if result.failure else ""
    return ("", "", "", result.tenant, result.status.value, "", failure or rollout, "", *_place(result))


def _place(result: TenantResult) -> tuple[str, str, str]:
    versions = ", ".join(f"{version.version} ({version.tool})" for version in result.versions)
    return result.group, result.shape, versions


def _of_verdict(verdict: Verdict) -> _Line:
    where = f"{verdict.service}: {verdict.file}:{verdict.line}"
    severity = Severity.ERROR if verdict.status.counts else Severity.INFO
    return _without_tenant(where, severity.value, verdict.rule, verdict.reason, "fault of the service")


def _of_finding(finding: Finding) -> _Line:
    where = str(finding.object).strip()
    return _without_tenant(where, finding.severity.value, finding.rule, finding.message, "fault of the declaration")


def _without_tenant(where: str = "", severity: str = "", rule: str = "", message: str = "", status: str = "") -> _Line:
    return (where, severity, "", "", status, rule, message, "", "", "", "")
