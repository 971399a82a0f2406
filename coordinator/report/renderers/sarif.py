"""Render a report as SARIF 2.1.0 (OASIS), for code scanning.

Findings stand where the object is declared, broken queries at their line of Rust.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote

import msgspec

from coordinator.report.contract_report import ContractReport
from coordinator.report.declaring_paths import DeclaringPaths, PathsOf, as_origins_say
from coordinator.report.model import DriftGroup, ReportBody, ScanReport, ScanStatus
from coordinator.report.renderers.presentation import tenants_phrase
from coordinator.report.renderers.rollouts import rollout_sentence, rollouts_of
from coordinator.report.renderers.visible import visible
from shared.contracts.contract import Verdict, VerdictStatus
from shared.findings.finding import Finding, Severity
from shared.findings.registry import BY_ID
from shared.findings.tenancy.judge import tenancy_titles
from shared.schema.canonical import content_hash
from shared.schema.schema import Origin

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_LEVEL_OF_VERDICT = {
    VerdictStatus.VIOLATED: "error",
    VerdictStatus.AT_RISK: "warning",
    VerdictStatus.UNVERIFIED: "note",
    VerdictStatus.HOLDS: "none",
}
_MAX_TENANTS = 100
_MAX_POSSIBLE_FILES = 10
"""Files that are named where it is not known which of them declares an object."""


class _Declared(msgspec.Struct, frozen=True, order=True):
    """A line that declares what a result is about; or may, where several sources have a file of its name."""

    file: str
    line: int
    certain: bool = True


class _Result(msgspec.Struct, frozen=True, order=True):
    """One result before it is written: the same finding in several groups is one result."""

    rule: str
    level: str
    message: str
    file: str
    line: int
    object: str
    column: int = 0
    query: str = ""
    end_line: int = 0
    fix: str = ""
    declared_at: tuple[_Declared, ...] = ()


def render_sarif(report: ScanReport, declared: DeclaringPaths = as_origins_say) -> str:
    """Write the SARIF log.

    Args:
        report: What to render.
        declared: Where the declaring files lie in their repository; by default they keep the paths that origins have.
    """
    tenants: defaultdict[_Result, set[str]] = defaultdict(set)
    for group in report.body.groups:
        for result in _results(group, declared(group.tenants)):
            tenants[result].update(group.tenants)
    everywhere = declared(result.tenant for result in report.body.tenants)
    for verdict in report.body.service_faults:
        tenants[_of_verdict(verdict, everywhere)].update(())
    for finding in report.body.tenancy_faults:
        tenants[_of_finding(finding, everywhere)].update(())
    run = {
        "tool": {"driver": _driver({result.rule for result in tenants})},
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(report)],
        "automationDetails": {"id": _escape_id(report.body)},
        "results": [
            _written(result, tuple(sorted(tenants[result])), earlier) for result, earlier in _numbered(sorted(tenants))
        ],
    }
    return _log(run)


def render_contract_sarif(report: ContractReport, declared: DeclaringPaths = as_origins_say) -> str:
    """Write the SARIF log of a check of services against one schema.

    Args:
        report: What to render.
        declared: As for `render_sarif`; the tenant of this check has no name.
    """
    paths_of = declared([""])
    results = sorted({_of_verdict(verdict, paths_of) for verdict in report.verdicts})
    notes = [{"level": "warning", "message": {"text": text(str(place))}} for place in report.coverage.unread]
    run = {
        "tool": {"driver": _driver({result.rule for result in results})},
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": notes}],
        "results": [_written(result, (), earlier) for result, earlier in _numbered(results)],
    }
    return _log(run)


def _log(run: Mapping[str, Any]) -> str:
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return msgspec.json.format(msgspec.json.encode(log), indent=2).decode() + "\n"


def _results(group: DriftGroup, paths_of: PathsOf) -> Iterable[_Result]:
    for finding in group.findings:
        yield _of_finding(finding, paths_of)
    for verdict in group.verdicts:
        yield _of_verdict(verdict, paths_of)


def _of_finding(finding: Finding, paths_of: PathsOf) -> _Result:
    places = tuple(_declared_at(finding.origin, paths_of)) if finding.origin else ()
    here = next((place for place in places if place.certain), None)
    return _Result(
        rule=finding.rule,
        level=_LEVELS[finding.severity],
        message=finding.message,
        file=here.file if here else "",
        line=here.line if here else 0,
        object=str(finding.object),
        declared_at=() if here else places,
    )


def _of_verdict(verdict: Verdict, paths_of: PathsOf) -> _Result:
    return _Result(
        rule=verdict.rule,
        level=_LEVEL_OF_VERDICT[verdict.status],
        message=verdict.reason,
        file=f"{verdict.root.rstrip('/')}/{verdict.file}" if verdict.root else verdict.file,
        line=verdict.line,
        object=verdict.service,
        column=verdict.column,
        end_line=verdict.end_line,
        query=verdict.subject.strip(),
        fix=verdict.fix,
        declared_at=tuple(place for origin in verdict.declared_at for place in _declared_at(origin, paths_of)),
    )


def _declared_at(origin: Origin, paths_of: PathsOf) -> Iterator[_Declared]:
    """Give the line of an origin in the repository, or all that it may be where its source is not known."""
    paths = paths_of(origin.file)
    for path in paths[:_MAX_POSSIBLE_FILES]:
        yield _Declared(path, origin.line, certain=len(paths) == 1)


def _driver(used: set[str]) -> dict[str, Any]:
    titles = {rule: BY_ID[rule].title for rule in used if rule in BY_ID} | tenancy_titles(used)
    descriptors = [
        {"id": rule, "shortDescription": {"text": titles.get(rule, "A service contract does not hold")}}
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
    rollouts = [f"{tenants_phrase(each.tenants)}: {rollout_sentence(each)}" for each in rollouts_of(report.body)]
    notes += [{"level": "note", "message": {"text": text(note)}} for note in (*rollouts, *report.body.notices)]
    return {
        "executionSuccessful": report.status is not ScanStatus.FAILED,
        "startTimeUtc": report.started,
        "toolExecutionNotifications": notes,
    }


def _escape_id(body: ReportBody) -> str:
    return f"fleetdrift/{quote(body.fleet, safe='')}/"


def _numbered(results: Iterable[_Result]) -> Iterator[tuple[_Result, int]]:
    """Give each result with the number of those before it that only their line tells apart."""
    seen: Counter[tuple[str, ...]] = Counter()
    for result in results:
        same = _sameness(result)
        yield result, seen[same]
        seen[same] += 1


def _sameness(result: _Result) -> tuple[str, ...]:
    """Lines move: the same finding keeps its fingerprint when they do."""
    return (result.rule, result.object, result.file, result.message, result.query)


def _written(result: _Result, tenants: tuple[str, ...], earlier: int) -> dict[str, Any]:
    same = [*_sameness(result), earlier]
    where = f" Tenants: {tenants_phrase(tenants)}." if tenants else ""
    written: dict[str, Any] = {
        "ruleId": result.rule,
        "level": result.level,
        "message": {"text": text(f"{result.message.rstrip('.')}.{where}")},
        "locations": [_location(result)],
        # Tenants come and go; the finding stays the same one.
        "partialFingerprints": {"fleetdriftFinding/v2": content_hash("sarif/2", same)},
        "properties": {"tenantCount": len(tenants), "tenants": [visible(name) for name in tenants[:_MAX_TENANTS]]},
    }
    if result.query:
        written["properties"] |= {"query": visible(result.query), "reason": visible(result.message)}
    if result.fix:
        written["properties"]["fix"] = visible(result.fix)
        written["message"]["text"] += f" Works here: {text(result.fix)}"
    if result.declared_at:
        written["relatedLocations"] = [_related(number, place) for number, place in enumerate(result.declared_at)]
    return written


def _related(number: int, place: _Declared) -> dict[str, Any]:
    certain = "What differs is declared here."
    possible = "It may be declared here: several sources have a file of this name."
    return {
        "id": number,
        "message": {"text": certain if place.certain else possible},
        "physicalLocation": {
            "artifactLocation": {"uri": quote(place.file)},
            "region": {"startLine": max(1, place.line)},
        },
    }


def _location(result: _Result) -> dict[str, Any]:
    location: dict[str, Any] = {"logicalLocations": [{"fullyQualifiedName": visible(result.object).strip()}]}
    if result.file:
        location["physicalLocation"] = {
            "artifactLocation": {"uri": quote(result.file)},
            "region": _region(result),
        }
    return location


def _region(result: _Result) -> dict[str, Any]:
    region: dict[str, Any] = {"startLine": max(1, result.line)}
    if result.column:
        region["startColumn"] = result.column
    if result.end_line >= region["startLine"]:
        region["endLine"] = result.end_line
    return region


def text(message: str) -> str:
    """Keep a plain text message plain: braces are placeholders (3.11.5), `](` makes a link (3.11.6).

    The link is broken by a blank: a backslash could itself be escaped by one that stands before it.
    """
    return visible(message).replace("](", "] (").replace("{", "{{").replace("}", "}}")
