"""The report as JUnit XML: one test case per tenant, for the test tab of a CI server."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from coordinator.report.model import DriftGroup, ScanReport, TenantResult, TenantStatus
from coordinator.report.visible import visible, visible_lines
from shared.contracts.contract import VerdictStatus

_MOST_FINDINGS = 30
_SKIPPED = frozenset({TenantStatus.EXCLUDED, TenantStatus.PENDING})
_FAILED = frozenset({TenantStatus.DRIFTED})


def render_junit(report: ScanReport) -> str:
    """Write the suite: drift is a failure, what could not be judged an error, what was left out is skipped."""
    body = report.body
    groups = {group.id: group for group in body.groups}
    suite = ET.Element(
        "testsuite",
        {
            "name": visible(f"fleetdrift {body.fleet}"),
            "tests": str(len(body.tenants)),
            "failures": str(sum(result.status in _FAILED for result in body.tenants)),
            "errors": str(sum(_is_error(result.status) for result in body.tenants)),
            "skipped": str(sum(result.status in _SKIPPED for result in body.tenants)),
            "time": f"{report.duration:.3f}",
            "timestamp": report.started.removesuffix("Z"),
        },
    )
    for result in body.tenants:
        _case(suite, result, groups.get(result.group), body.fleet)
    root = ET.Element("testsuites", {key: suite.attrib[key] for key in ("tests", "failures", "errors", "time")})
    root.append(suite)
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _is_error(status: TenantStatus) -> bool:
    return status not in _SKIPPED | _FAILED | {TenantStatus.IN_SYNC}


def _case(suite: ET.Element, result: TenantResult, group: DriftGroup | None, fleet: str) -> None:
    names = {"name": visible(result.tenant), "classname": visible(f"fleetdrift.{fleet}")}
    case = ET.SubElement(suite, "testcase", names)
    if result.status is TenantStatus.IN_SYNC:
        return
    if result.status in _SKIPPED:
        ET.SubElement(case, "skipped", {"message": result.status.value})
        return
    tag = "failure" if result.status in _FAILED else "error"
    lines = _lines(result, group)
    problem = ET.SubElement(case, tag, {"message": lines[0], "type": result.status.value})
    problem.text = "\n".join(lines)


def _lines(result: TenantResult, group: DriftGroup | None) -> list[str]:
    """Tell what is wrong with a tenant; the first line is the message."""
    if result.failure is not None:
        return [visible(f"{result.failure.kind}: {result.failure.message}")]
    if group is None:
        return [result.status.value]
    findings = [visible(f"{finding.severity}: {finding.rule}: {finding.message}") for finding in group.findings]
    broken = [
        visible_lines(f"violated: {verdict.rule}: {verdict.file}:{verdict.line}: {visible(verdict.reason)}")
        for verdict in group.verdicts
        if verdict.status is VerdictStatus.VIOLATED
    ]
    rest = len(findings) - _MOST_FINDINGS
    more = [f"… and {rest} more"] if rest > 0 else []
    return [*findings[:_MOST_FINDINGS], *more, *broken, f"drift group {group.id}"]
