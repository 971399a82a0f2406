"""Render a report as JUnit XML: a test case per tenant, and one for what is not known of the whole fleet."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from coordinator.report.model import DriftGroup, ScanReport, ScanStatus, TenantResult, TenantStatus
from coordinator.report.renderers.rollouts import own_version_sentence, rollout_sentence
from coordinator.report.renderers.visible import visible
from shared.contracts.contract import VerdictStatus

_MAX_FINDINGS = 30
_TENANTS_IN_FULL_PER_GROUP = 20
"""Tenants of a group whose test case lists every finding; those of the other tenants name the group."""

_SKIPPED = frozenset({TenantStatus.EXCLUDED, TenantStatus.PENDING})
_FAILED = frozenset({TenantStatus.DRIFTED})


def render_junit(report: ScanReport) -> str:
    """Write the report as a test suite: drift is a failure, an unknown state an error, what was left out is skipped."""
    body = report.body
    group_lines = {group.id: _group_lines(group) for group in body.groups}
    rollouts = {rollout.id: visible(f"pending: {rollout_sentence(rollout)}") for rollout in body.rollouts}
    in_full = {tenant for group in body.groups for tenant in group.tenants[:_TENANTS_IN_FULL_PER_GROUP]}
    unknown = _unknown_of_the_fleet(report)
    suite = ET.Element(
        "testsuite",
        {
            "name": visible(f"fleetdrift {body.fleet}"),
            "tests": str(len(body.tenants) + len(unknown)),
            "failures": str(sum(result.status in _FAILED for result in body.tenants)),
            "errors": str(sum(_is_error(result.status) for result in body.tenants) + len(unknown)),
            "skipped": str(sum(result.status in _SKIPPED for result in body.tenants)),
            "time": f"{report.duration:.3f}",
            "timestamp": report.started.removesuffix("Z"),
        },
    )
    for result in body.tenants:
        lines = group_lines.get(result.group, [])
        case = _case(suite, result, body.fleet)
        if result.status in _SKIPPED:
            ET.SubElement(case, "skipped", {"message": rollouts.get(result.rollout, result.status.value)})
        elif result.status is not TenantStatus.IN_SYNC:
            _problem(case, result, lines if result.tenant in in_full else [*lines[:1], *lines[-1:]])
    for name, lines in unknown:
        case = ET.SubElement(suite, "testcase", {"name": name, "classname": visible(f"fleetdrift.{body.fleet}")})
        ET.SubElement(case, "error", {"message": lines[0], "type": "unread"}).text = "\n".join(lines)
    root = ET.Element("testsuites", {key: suite.attrib[key] for key in ("tests", "failures", "errors", "time")})
    root.append(suite)
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _unknown_of_the_fleet(report: ScanReport) -> list[tuple[str, list[str]]]:
    """Name what is not known and is no tenant's: a service, or a part of the declaration. Never all green then."""
    body = report.body
    nothing = "nothing of it could be read, so no query of it was checked"
    unknown = [(visible(f"service {service}"), [nothing]) for service in body.unread_services]
    if not unknown and report.status is ScanStatus.INCOMPLETE and not any(_is_error(r.status) for r in body.tenants):
        lines = [visible(sentence) for sentence in body.unchecked[:_MAX_FINDINGS]]
        unknown.append(("declaration", lines or ["not everything could be read"]))
    return unknown


def _is_error(status: TenantStatus) -> bool:
    return status not in _SKIPPED | _FAILED | {TenantStatus.IN_SYNC}


def _case(suite: ET.Element, result: TenantResult, fleet: str) -> ET.Element:
    names = {"name": visible(result.tenant), "classname": visible(f"fleetdrift.{fleet}")}
    return ET.SubElement(suite, "testcase", names)


def _problem(case: ET.Element, result: TenantResult, group_lines: list[str]) -> None:
    failure = [visible(f"{result.failure.kind}: {result.failure.message}")] if result.failure else []
    lines = [*failure, *group_lines] or [result.status.value]
    tag = "failure" if result.status in _FAILED else "error"
    problem = ET.SubElement(case, tag, {"message": lines[0], "type": result.status.value})
    problem.text = "\n".join(lines)


def _said(status: VerdictStatus) -> str:
    return status.value.replace("_", " ")


def _group_lines(group: DriftGroup) -> list[str]:
    """List what is wrong with the tenants of a group: the gravest first, the group's id last."""
    findings = [visible(f"{finding.severity}: {finding.rule}: {finding.message}") for finding in group.findings]
    broken = [
        visible(f"{_said(verdict.status)}: {verdict.rule}: {verdict.file}:{verdict.line}: {verdict.reason}")
        for verdict in group.verdicts
        if verdict.status in (VerdictStatus.VIOLATED, VerdictStatus.AT_RISK)
    ]
    rest = len(findings) - _MAX_FINDINGS
    more = [f"… and {rest} more"] if rest > 0 else []
    own = [visible(own_version_sentence(group))] if group.own_version else []
    return [*findings[:_MAX_FINDINGS], *more, *broken, *own, f"drift group {group.id}"]
