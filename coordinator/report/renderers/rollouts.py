"""Say in words where pending tenants stand, and against which version drifted ones were compared."""

from __future__ import annotations

from collections.abc import Sequence

from coordinator.report.model import (
    DriftGroup,
    MigrationStep,
    ReportBody,
    Rollout,
    ScanReport,
    ScanStatus,
    TenantStatus,
)
from coordinator.report.renderers.presentation import VERDICT_OF_SCAN, plural
from coordinator.report.renderers.version_step import migrate_command
from shared.diff.compare import headline

_MAX_STEPS = 5
"""Migrations that a sentence names; the JSON report has all."""


def verdict_of(report: ScanReport) -> str:
    """Say in a few words how a scan ended."""
    pending = dict(report.body.counts).get(TenantStatus.PENDING, 0)
    if report.status is ScanStatus.IN_SYNC and pending:
        return f"no drift; {plural(pending, 'tenant')} in a rollout"
    return VERDICT_OF_SCAN[report.status]


def rollouts_of(body: ReportBody) -> tuple[Rollout, ...]:
    """Give the rollouts with the most tenants first."""
    return tuple(sorted(body.rollouts, key=lambda rollout: (-len(rollout.tenants), rollout.tenants, rollout.id)))


def rollout_sentence(rollout: Rollout) -> str:
    """Say where the tenants of a rollout stand, and what breaks until it has reached them."""
    if rollout.running:
        return f"a migration of {rollout.running} is running; the next scan looks again{_failing(rollout)}"
    at = f"at version {rollout.version}, expected is {rollout.expected}"
    if rollout.ahead:
        return f"{at}: ahead by {_named(rollout.ahead)}{_failing(rollout)}"
    tool = rollout.versions[0].tool if rollout.versions else ""
    command = f" ({migrate_command(tool)})" if tool else "; no migration table could be read, the schema tells"
    return f"{at}: lacks {_named(rollout.lacks)}{command}{_failing(rollout)}"


def own_version_sentence(group: DriftGroup) -> str:
    """Say which version drifted tenants were compared with; empty when it is the expected one."""
    if not group.own_version:
        return ""
    differences = plural(len(headline(group.newest).changes), "difference")
    return (
        f"compared with version {group.own_version}, which the migration table claims; "
        f"from the expected version it has {differences}"
    )


def _failing(rollout: Rollout) -> str:
    count = len(rollout.verdicts)
    return f"; {plural(count, 'query')} of services fail{'s' if count == 1 else ''} until then" if count else ""


def _named(steps: Sequence[MigrationStep]) -> str:
    shown = ", ".join(f"{step.version} {step.name}".strip() for step in steps[:_MAX_STEPS])
    return shown if len(steps) <= _MAX_STEPS else f"{shown} and {len(steps) - _MAX_STEPS} more"
