"""Render a report as one HTML file: nothing loaded from anywhere, for light, dark and paper.

Its one script searches, copies and downloads; without it everything is there to read. The page says the hashes of its
script and its style, so a browser runs and applies nothing else, whatever a tenant is called.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

import msgspec
from jinja2 import Template
from markupsafe import Markup

from coordinator.report.model import DriftGroup, ReportBody, ScanReport, TenantStatus
from coordinator.report.overview import OverviewRow, knows_since_when, overview_of
from coordinator.report.renderers.declarations import TITLE, declaration_sentences
from coordinator.report.renderers.failures import list_unread
from coordinator.report.renderers.group_page import group_page, template_environment
from coordinator.report.renderers.presentation import (
    NOTHING_COMPARED,
    STATUS_WORDS,
    FindingDetails,
    commented_sql,
    ignored_sentence,
    is_common_drift,
    minute_of,
    not_compared_sentence,
    nothing_is_compared,
    plural,
    present_counts,
    read_on,
    worst_first,
)
from coordinator.report.renderers.rollouts import rollout_sentence, rollouts_of, verdict_of
from coordinator.report.renderers.standings import list_tenants
from shared.remediation.script import render_script

_MAX_ROWS = 500
"""Rows of one table, or tenants named in one card; the JSON has them all."""

_MAX_GROUPS = 200
"""Drift groups shown in full."""


_MAX_SQUARES_WITH_LINES_ON_A_PHONE = 2_000
"""Squares up to which lines between them can be seen on a phone."""


class StatusShare(msgspec.Struct, frozen=True):
    """One part of the bar at the top."""

    status: TenantStatus
    words: str
    count: int


class SqlTexts(msgspec.Struct, frozen=True):
    """The plan of a drift group as texts to take along, as JSON: escaped so that any byte of it can stand in a page.

    Args:
        statements: To be pasted.
        script: For `psql -f`: it checks, sets time limits, and stops at an error. The numbers of its lines in the
            page's list of lines, for most lines are those of every script.
    """

    statements: str
    script: str


def render_html(report: ScanReport) -> str:
    """Write the report as a page. Names from tenants are escaped, and what does not print is made visible."""
    body = report.body
    wrong = overview_of(report)
    groups = _shown_groups(body, wrong)
    line_numbers: dict[str, int] = {}
    return _template().render(
        report=report,
        body=body,
        verdict=verdict_of(report),
        shares=[StatusShare(status, STATUS_WORDS[status], count) for status, count in present_counts(body)],
        tiles=_tiles(body),
        not_known=NOTHING_COMPARED if nothing_is_compared(body) else "",
        wrong=wrong,
        dated=knows_since_when(report),
        minute_of=minute_of,
        groups=[
            (
                group_page(group, read_on(report), body.expected_version, patches_first=is_common_drift(group, body)),
                _sql_texts(group, line_numbers),
            )
            for group in groups
        ],
        script_lines=json.dumps(list(line_numbers)),
        more_groups=len(body.groups) - len(groups),
        shown_groups={group.id for group in groups},
        compared_with=TITLE,
        declarations=declaration_sentences(body),
        rollouts=[(rollout, rollout_sentence(rollout)) for rollout in rollouts_of(body)],
        unread=list_unread(body),
        ignored=[(ignored_sentence(drift), drift) for drift in body.ignored],
        tenancy_faults=[FindingDetails(finding) for finding in body.tenancy_faults],
        not_compared=[not_compared_sentence(entry) for entry in body.not_compared],
        tenants=list_tenants(body),
        style=Markup(_own("report.css")),  # noqa: S704  # our own file
        script=Markup(_own("report.js")),  # noqa: S704  # our own file
        own_sources=own_sources(),
        many_squares=len(body.tenants) > _MAX_SQUARES_WITH_LINES_ON_A_PHONE,
        status_words=STATUS_WORDS,
        most_rows=_MAX_ROWS,
    )


def _shown_groups(body: ReportBody, wrong: Sequence[OverviewRow]) -> tuple[DriftGroup, ...]:
    """Choose the groups that are shown: first those that the worst of what is wrong leads to, then the worst ones."""
    ordered = worst_first(body)
    asked_for = dict.fromkeys((*(row.group for row in wrong[:_MAX_ROWS]), *(group.id for group in ordered)))
    chosen = frozenset(list(asked_for)[:_MAX_GROUPS])
    return tuple(group for group in ordered if group.id in chosen)


def own_sources() -> str:
    """Give the directives of a Content-Security-Policy that the page needs: the hashes of its style and its script."""
    return f"style-src {_source('report.css')}; script-src {_source('report.js')}"


def _source(name: str) -> str:
    digest = hashlib.sha256(_own(name).encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


@cache
def _own(name: str) -> str:
    return files("coordinator.report.renderers").joinpath("templates", name).read_text(encoding="utf-8")


def _sql_texts(group: DriftGroup, line_numbers: dict[str, int]) -> SqlTexts | None:
    """Write the plan of a group, and give each line of its script that is new a number."""
    plan = group.plan
    if plan is None or not plan.statements:
        return None
    statements = "\n".join(commented_sql(statement) for statement in plan.statements) + "\n"
    lines = render_script(plan, title=f"drift group {group.id}").split("\n")
    numbers = [line_numbers.setdefault(line, len(line_numbers)) for line in lines]
    return SqlTexts(json.dumps(statements), json.dumps(numbers, separators=(",", ":")))


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
