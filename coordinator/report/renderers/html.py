"""Render a report as one HTML file: no script, nothing loaded from anywhere, for light, dark and paper."""

from __future__ import annotations

from collections import Counter
from functools import cache

import msgspec
from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from coordinator.report.model import DriftGroup, ReportBody, ScanReport, TenantStatus
from coordinator.report.renderers.declarations import TITLE, declaration_sentences, declared_by
from coordinator.report.renderers.presentation import (
    STATUS_WORDS,
    FindingDetails,
    finding_details,
    ignored_sentence,
    is_common_drift,
    largest_first,
    not_compared_sentence,
    not_read,
    plural,
    present_counts,
    proof_sentence,
    tenants_phrase,
)
from coordinator.report.renderers.rollouts import own_version_sentence, rollout_sentence, rollouts_of, verdict_of
from coordinator.report.renderers.version_step import version_step
from coordinator.report.renderers.visible import visible, visible_lines
from shared.findings.finding import Finding
from shared.remediation.plan import Proof
from shared.remediation.row_words import rows_sentence

_MAX_ROWS = 500
"""Tenants listed in one place; the JSON has them all."""


class GroupPage(msgspec.Struct, frozen=True, kw_only=True):
    """One drift group as the page shows it."""

    group: DriftGroup
    title: str
    findings: tuple[FindingDetails, ...]
    kinds: tuple[str, ...]
    violations: int
    proof: str
    proof_class: str
    rows: str
    rows_class: str
    destructive: int
    version_step: str
    own_version: str
    declared_by: str
    patches_first: bool


class StatusShare(msgspec.Struct, frozen=True):
    """One part of the bar at the top."""

    status: TenantStatus
    words: str
    count: int


def render_html(report: ScanReport) -> str:
    """Write the report as a page. Names from tenants are escaped, and what does not print is made visible."""
    body = report.body
    return _template().render(
        report=report,
        body=body,
        verdict=verdict_of(report),
        shares=[StatusShare(status, STATUS_WORDS[status], count) for status, count in present_counts(body)],
        tiles=_tiles(body),
        groups=[_group_page(group, report) for group in largest_first(body)],
        compared_with=TITLE,
        declarations=declaration_sentences(body),
        rollouts=[(rollout, rollout_sentence(rollout)) for rollout in rollouts_of(body)],
        failed=not_read(body),
        ignored=[(ignored_sentence(drift), drift) for drift in body.ignored],
        tenancy_faults=[FindingDetails(finding) for finding in body.tenancy_faults],
        not_compared=[not_compared_sentence(entry) for entry in body.not_compared],
        rows=body.tenants if len(body.tenants) <= _MAX_ROWS else (),
        status_words=STATUS_WORDS,
        most_rows=_MAX_ROWS,
    )


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("coordinator.report.renderers"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_seen,
    )
    environment.filters["lines"] = _lines
    environment.filters["plural"] = plural
    environment.filters["diff"] = _diff_lines
    return environment.get_template("report.html.j2")


def _seen(value: object) -> object:
    """Pass every string of the page through `visible`, unless the template made it itself."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _lines(text: str) -> Markup:
    """Escape text of several lines, which stays text of several lines."""
    return Markup("{}").format(visible_lines(text))


def _diff_lines(diff: str) -> list[tuple[str, str]]:
    """Give each line of a patch with the CSS class of its colour."""
    classes = {"+": "added", "-": "removed", "@": "where"}
    return [(classes.get(line[:1], "same"), line) for line in diff.rstrip("\n").split("\n")]


def _tiles(body: ReportBody) -> list[tuple[int, str]]:
    summary = body.drift_summary
    counted = (
        (len(summary.tenant_impact), "affected tenant"),
        (summary.missing_indexes, "missing index"),
        (summary.orphaned_constraints, "orphaned constraint"),
        (summary.schema_version_mismatches, "version mismatch"),
        (summary.service_contract_violations, "contract violation"),
        (body.remediation_steps, "remediation step"),
    )
    return [(count, plural(count, noun).split(" ", 1)[1]) for count, noun in counted]


def _group_page(group: DriftGroup, report: ScanReport) -> GroupPage:
    proof = group.plan.proof if group.plan else Proof()
    return GroupPage(
        group=group,
        title=tenants_phrase(group.tenants, longest=2),
        findings=finding_details(group, report),
        kinds=_kinds(group.findings),
        violations=sum(verdict.status.counts for verdict in group.verdicts),
        proof=proof_sentence(group.plan) if group.plan and group.plan.statements else "",
        proof_class=proof.status.value,
        rows=rows_sentence(group.plan) if group.plan and group.plan.statements else "",
        rows_class=proof.rows.status.value,
        destructive=sum(statement.destructive for statement in group.plan.statements) if group.plan else 0,
        version_step=version_step(group, report.body.expected_version),
        own_version=own_version_sentence(group),
        declared_by=declared_by(group),
        patches_first=is_common_drift(group, report.body),
    )


def _kinds(findings: tuple[Finding, ...]) -> tuple[str, ...]:
    """Sum up a group by its rules: `missing-index × 2`."""
    counted = Counter(finding.rule for finding in findings)
    return tuple(f"{rule} × {count}" if count > 1 else rule for rule, count in counted.items())
