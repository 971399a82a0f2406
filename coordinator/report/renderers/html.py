"""Render a report as one HTML file: no script, nothing loaded from anywhere, for light, dark and paper."""

from __future__ import annotations

from functools import cache

import msgspec
from jinja2 import Template

from coordinator.report.model import ReportBody, ScanReport, TenantStatus
from coordinator.report.renderers.declarations import TITLE, declaration_sentences
from coordinator.report.renderers.group_page import group_page, template_environment
from coordinator.report.renderers.presentation import (
    STATUS_WORDS,
    FindingDetails,
    ignored_sentence,
    is_common_drift,
    largest_first,
    not_compared_sentence,
    not_read,
    plural,
    present_counts,
    read_on,
)
from coordinator.report.renderers.rollouts import rollout_sentence, rollouts_of, verdict_of

_MAX_ROWS = 500
"""Tenants listed in one place; the JSON has them all."""


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
        groups=[
            group_page(group, read_on(report), body.expected_version, patches_first=is_common_drift(group, body))
            for group in largest_first(body)
        ],
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
    return template_environment("coordinator.report.renderers").get_template("report.html.j2")


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
