"""Reads the sources that `[spec]` names, with the variables that they are given."""

from __future__ import annotations

from pathlib import Path

from coordinator.iac.assignment import Assignment
from coordinator.iac.load import assignments, read_declaration
from coordinator.iac.per_tenant import TENANT, read_per_tenant
from coordinator.iac.reading import Reading
from coordinator.settings.model import Settings, SpecTable


def read_source(settings: Settings, table: SpecTable) -> Reading:
    """Read the source of one `[spec]` table: one for all tenants, or one of each.

    Raises:
        SourceError: When it cannot be read.
    """
    given = variables_of(settings, table)
    root = Path(settings.root, table.source)
    if TENANT in table.source:
        return read_per_tenant(str(root), lambda path: read_declaration(path, given))
    return read_declaration(root, given)


def variables_of(settings: Settings, table: SpecTable) -> tuple[Assignment, ...]:
    """Give the variables of a source: those of the configuration, then those of the command line."""
    return assignments(table.variables) + tuple(Assignment(name, value) for name, value in settings.given)
