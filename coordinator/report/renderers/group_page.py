"""The drift groups, findings and text of a report as templates show them; reports and pages have them in common."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import msgspec
from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from coordinator.report.model import DriftGroup
from coordinator.report.renderers.declarations import declared_by
from coordinator.report.renderers.presentation import (
    FindingDetails,
    details_of,
    plural,
    proof_sentence,
    tenants_phrase,
)
from coordinator.report.renderers.rollouts import own_version_sentence
from coordinator.report.renderers.version_step import version_step
from coordinator.report.renderers.visible import visible, visible_lines
from shared.findings.finding import Finding
from shared.remediation.plan import Proof
from shared.remediation.row_words import rows_sentence


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


def group_page(group: DriftGroup, read_on: dt.date, expected_version: str, *, patches_first: bool = False) -> GroupPage:
    """Say of a drift group what its template shows.

    Args:
        group: Of a report or of the memory.
        read_on: When it was found: ignore lines end 90 days later.
        expected_version: Declared version of the fleet.
        patches_first: Whether to keep the drift is more likely right than to undo it.
    """
    plan = group.plan if group.plan and group.plan.statements else None
    proof = plan.proof if plan else Proof()
    return GroupPage(
        group=group,
        title=tenants_phrase(group.tenants, longest=2),
        findings=details_of(group, read_on),
        kinds=_kinds(group.findings),
        violations=sum(verdict.status.counts for verdict in group.verdicts),
        proof=proof_sentence(plan) if plan else "",
        proof_class=proof.status.value,
        rows=rows_sentence(plan) if plan else "",
        rows_class=proof.rows.status.value,
        destructive=sum(statement.destructive for statement in plan.statements) if plan else 0,
        version_step=version_step(group, expected_version),
        own_version=own_version_sentence(group),
        declared_by=declared_by(group),
        patches_first=patches_first,
    )


def _kinds(findings: tuple[Finding, ...]) -> tuple[str, ...]:
    """Sum up a group by its rules: `missing-index × 2`."""
    counted = Counter(finding.rule for finding in findings)
    return tuple(f"{rule} × {count}" if count > 1 else rule for rule, count in counted.items())


def template_environment(*packages: str) -> Environment:
    """Make the environment of templates: everything is escaped, and what does not print is made visible.

    Args:
        packages: Whose folders `templates` are looked through, in this order.
    """
    environment = Environment(
        loader=ChoiceLoader([PackageLoader(package) for package in packages]),
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
    return environment


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
