"""Say in words what the tenants of a fleet are compared with, where that is not the same for all of them."""

from __future__ import annotations

from coordinator.report.model import DeclarationSummary, DriftGroup, ReportBody
from coordinator.report.renderers.presentation import plural

TITLE = "What tenants are compared with"


def declaration_sentences(body: ReportBody) -> tuple[str, ...]:
    """Say of each declaration what tells it from the others, and how many tenants it is for; most tenants first."""
    several = len({summary.placement for summary in body.declarations}) > 1
    ordered = sorted(body.declarations, key=lambda summary: (-summary.tenants, summary))
    return tuple(_sentence(summary, summary.placement if several else "") for summary in ordered)


def _sentence(summary: DeclarationSummary, placement: str) -> str:
    parts = [summary.source]
    if summary.database:
        parts.append(f"database {summary.database}")
    if summary.expected_version:
        parts.append(f"version {summary.expected_version}")
    for_whom = plural(summary.tenants, "tenant")
    return f"{', '.join(parts)}: {for_whom}" + (f" with a {placement} of their own" if placement else "")


def declared_by(group: DriftGroup) -> str:
    """Say which of several declarations the tenants of a group were compared with; empty where there is one."""
    return f"Compared with {group.source}" if group.source else ""
