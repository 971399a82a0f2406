"""Render a report as SARIF 2.1.0 (OASIS), for code scanning.

Findings stand where the object is declared, broken queries at their line of Rust.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

import msgspec

from coordinator.report.model import DriftGroup, ReportBody, ScanReport, ScanStatus
from coordinator.report.renderers.presentation import tenants_phrase
from coordinator.report.renderers.visible import visible
from shared.contracts.contract import Verdict, VerdictStatus
from shared.findings.finding import Finding, Severity
from shared.findings.registry import BY_ID
from shared.schema.canonical import content_hash

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_MAX_TENANTS = 100


class _Result(msgspec.Struct, frozen=True, order=True):
    """One result before it is written: the same finding in several groups is one result."""

    rule: str
    level: str
    message: str
    file: str
    line: int
    object: str


def render_sarif(report: ScanReport, *, spec_root: str = "", service_roots: Mapping[str, str] | None = None) -> str:
    """Write the SARIF log.

    Args:
        report: What to render.
        spec_root: Folder of the spec relative to the repository, put before every origin's file.
        service_roots: The same for each service, by name.
    """
    tenants: defaultdict[_Result, set[str]] = defaultdict(set)
    for group in report.body.groups:
        for result in _results(group, spec_root, service_roots or {}):
            tenants[result].update(group.tenants)
    run = {
        "tool": {"driver": _driver({result.rule for result in tenants})},
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(report)],
        "automationDetails": {"id": _escape_id(report.body)},
        "results": [_written(result, tuple(sorted(names))) for result, names in sorted(tenants.items())],
    }
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return msgspec.json.format(msgspec.json.encode(log), indent=2).decode() + "\n"


def _results(group: DriftGroup, spec_root: str, service_roots: Mapping[str, str]) -> Iterable[_Result]:
    for finding in group.findings:
        yield _of_finding(finding, spec_root)
    for verdict in group.verdicts:
        yield _of_verdict(verdict, service_roots.get(verdict.service, ""))


def _of_finding(finding: Finding, root: str) -> _Result:
    return _Result(
        rule=finding.rule,
        level=_LEVELS[finding.severity],
        message=finding.message,
        file=_joined(root, finding.origin.file) if finding.origin else "",
        line=finding.origin.line if finding.origin else 0,
        object=str(finding.object),
    )


def _of_verdict(verdict: Verdict, root: str) -> _Result:
    return _Result(
        rule=verdict.rule,
        level="error" if verdict.status is VerdictStatus.VIOLATED else "note",
        message=verdict.reason,
        file=_joined(root, verdict.file),
        line=verdict.line,
        object=verdict.service,
    )


def _joined(root: str, file: str) -> str:
    return f"{root.rstrip('/')}/{file}" if root else file


def _driver(used: set[str]) -> dict[str, Any]:
    descriptors = [
        {
            "id": rule,
            "shortDescription": {"text": BY_ID[rule].title if rule in BY_ID else "A service contract does not hold"},
        }
        for rule in sorted(used)
    ]
    return {"name": "fleetdrift", "rules": descriptors}


def _invocation(report: ScanReport) -> dict[str, Any]:
    """Say that the scan ran, and what it could not read: a tenant not read is a notification, not a result."""
    notes = [
        {
            "level": "error",
            "message": {"text": text(f"{result.tenant}: {result.failure.kind}: {result.failure.message}")},
        }
        for result in report.body.tenants
        if result.failure is not None
    ]
    notes += [{"level": "warning", "message": {"text": text(sentence)}} for sentence in report.body.unchecked]
    notes += [{"level": "note", "message": {"text": text(notice)}} for notice in report.body.notices]
    return {
        "executionSuccessful": report.status is not ScanStatus.FAILED,
        "startTimeUtc": report.started,
        "toolExecutionNotifications": notes,
    }


def _escape_id(body: ReportBody) -> str:
    return f"fleetdrift/{quote(body.fleet, safe='')}/"


def _written(result: _Result, tenants: tuple[str, ...]) -> dict[str, Any]:
    written: dict[str, Any] = {
        "ruleId": result.rule,
        "level": result.level,
        "message": {"text": text(f"{result.message.rstrip('.')}. Tenants: {tenants_phrase(tenants)}.")},
        "locations": [_location(result)],
        # Tenants come and go; the finding stays the same one.
        "partialFingerprints": {
            "fleetdriftFinding/v1": content_hash("sarif/1", [result.rule, result.object, result.file, result.message])
        },
        "properties": {"tenantCount": len(tenants), "tenants": [visible(name) for name in tenants[:_MAX_TENANTS]]},
    }
    return written


def _location(result: _Result) -> dict[str, Any]:
    location: dict[str, Any] = {"logicalLocations": [{"fullyQualifiedName": visible(result.object).strip()}]}
    if result.file:
        location["physicalLocation"] = {
            "artifactLocation": {"uri": quote(result.file)},
            "region": {"startLine": max(1, result.line)},
        }
    return location


def text(message: str) -> str:
    """Keep a plain text message plain: braces are placeholders (3.11.5), `](` makes a link (3.11.6).

    The link is broken by a blank: a backslash could itself be escaped by one that stands before it.
    """
    return visible(message).replace("](", "] (").replace("{", "{{").replace("}", "}}")
