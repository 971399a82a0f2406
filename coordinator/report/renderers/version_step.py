"""Explain how to correct a schema version mismatch: fleetdrift itself runs no migrations."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import assert_never

from coordinator.report.model import DriftGroup
from coordinator.report.summary import version_mismatch
from shared.findings.versions import VersionComparison, compare_versions

_COMMANDS: Mapping[str, str] = MappingProxyType(
    {
        "sqlx": "sqlx migrate run",
        "diesel": "diesel migration run",
        "refinery": "refinery migrate",
        "flyway": "flyway migrate",
        "atlas": "atlas migrate apply",
        "alembic": "alembic upgrade head",
        "golang-migrate": "migrate up",
        "goose": "goose up",
        "dbmate": "dbmate up",
        "liquibase": "liquibase update",
    }
)
"""Command that runs the pending migrations, by migration tool (from each tool's own command line help)."""


def migrate_command(tool: str) -> str:
    """Give the command that runs the pending migrations of a tool."""
    return _COMMANDS.get(tool, tool)


def version_step(group: DriftGroup, expected: str) -> str:
    """Explain in one sentence what brings the tenants of a group to the declared schema version.

    Args:
        group: A group of the report.
        expected: Declared version of the fleet; that of the group stands before it.

    Returns:
        The step, or an empty string when the version is no other.
    """
    expected = group.expected_version or expected
    found, version = compare_versions(expected, group.versions)
    if not version_mismatch(group) or version is None:
        return ""
    command = migrate_command(version.tool)
    match found:
        case VersionComparison.BEHIND:
            step = f"run the pending migrations ({command}), from {version.version} to {expected}"
        case VersionComparison.AHEAD:
            step = f"declare {version.version} if it was released, else roll back to {expected} with {version.tool}"
        case VersionComparison.DIFFERENT:
            step = f"find out which of {version.version} and {expected} is newer, then migrate with {version.tool}"
        case VersionComparison.DIRTY:
            step = f"repair the migration to {version.version} that failed half-way, then run {command}"
        case VersionComparison.SAME | VersionComparison.UNKNOWN:
            step = ""
        case _:
            assert_never(found)
    return step
