"""Loads a declaration from SQL, Terraform or CloudFormation; the path says which of them it is."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from coordinator.iac.assignment import Assignment
from coordinator.iac.reading import Gap, Piece, Reading, carriers_of, spec_source
from coordinator.iac.source import SourceError, read_text
from coordinator.iac.sql.folders import SqlFile, SqlFolder, blank_down_sections, read_folder
from coordinator.iac.sql.partial import read_statements
from coordinator.iac.sql.statements import in_file
from coordinator.iac.terraform.file_names import CONFIGURATION_SUFFIXES, is_configuration_folder
from shared.schema.schema import Origin, SpecSource

__all__ = ["SourceError", "load_source", "read_declaration"]

_TEMPLATES = (".yaml", ".yml", ".json", ".template")


def load_source(path: Path, *, variables: Mapping[str, object] | None = None, tenant: str = "") -> SpecSource:
    """Read the one declaration that all tenants of a source are compared with, or that of one tenant.

    Args:
        path: See `read_declaration`.
        variables: Terraform variables (strings are read as `-var` reads them) or CloudFormation parameters.
        tenant: Whose declarations, where a Terraform configuration declares its tenants differently.

    Raises:
        SourceError: With file and line, for what is wrong, and when nothing is declared.
    """
    return spec_source(read_declaration(path, assignments(variables or {})), tenant)


def assignments(variables: Mapping[str, object]) -> tuple[Assignment, ...]:
    """Return variables as assignments."""
    return tuple(Assignment(name, value) for name, value in variables.items())


def read_declaration(path: Path, given: tuple[Assignment, ...] = ()) -> Reading:
    """Read what a path declares, and what of it cannot be read.

    Args:
        path: A `.sql` file, a folder of `.sql` (plain or a migration tool's), a folder of Terraform files, a
            CloudFormation template, or a schema in Atlas HCL (`.hcl`).
        given: Values of Terraform variables or CloudFormation parameters, and files of them, the last one wins.

    Raises:
        SourceError: With file and line, for all that is wrong.
    """
    if path.is_dir():
        return _read_folder(path, given)
    if path.suffix == ".sql":
        text = blank_down_sections(read_text(path, path.name))
        return _read_files(path.name, SqlFolder((SqlFile(path.name, text),), ""))
    if path.name.endswith(CONFIGURATION_SUFFIXES):
        return _read_configuration(path.parent, given)
    if path.suffix == ".hcl":
        return _read_atlas(path, given)
    if path.suffix in _TEMPLATES:
        from coordinator.iac.cloudformation.load import read_template  # lazy: YAML is slow to import

        return read_template(path, {entry.name: entry.value for entry in given if entry.name})
    if not path.exists():
        raise SourceError(str(path), 0, "no such file or folder")
    raise SourceError(
        path.name,
        0,
        "unsupported source: expected a .sql file, a Terraform folder, a schema in Atlas HCL (.hcl) or a "
        f"CloudFormation template ({', '.join(_TEMPLATES)}), got {_named_kind(path)}",
    )


def _named_kind(path: Path) -> str:
    return f"a {path.suffix} file" if path.suffix else "a file without a suffix"


def _read_atlas(path: Path, given: tuple[Assignment, ...]) -> Reading:
    from coordinator.iac.atlas.load import load_atlas_schema  # lazy: few sources need it

    found = load_atlas_schema(path, {entry.name: entry.value for entry in given if entry.name})
    gaps = [Gap(address=gap.address, at=gap.at, reason=gap.reason) for gap in found.gaps]
    at = Origin(path.name, 1)
    pieces = (Piece(carrier=path.name, address="", at=at, declarations=tuple(found.declarations)),)
    return Reading(name=path.name, pieces=pieces, carriers=carriers_of(pieces, gaps))


def _read_configuration(folder: Path, given: tuple[Assignment, ...]) -> Reading:
    from coordinator.iac.terraform.load import read_terraform  # lazy: expressions are slow to import

    return read_terraform(folder, assignments=given, environment=os.environ)


def _read_folder(folder: Path, given: tuple[Assignment, ...]) -> Reading:
    if is_configuration_folder(folder):
        return _read_configuration(folder, given)
    return _read_files(folder.name, read_folder(folder, folder))


def _read_files(name: str, found: SqlFolder) -> Reading:
    """Read files of SQL: each is a carrier."""
    unchecked: list[str] = []
    pieces: list[Piece] = []
    gaps: list[Gap] = []
    refused: list[SourceError] = []
    for file in found.files:
        at = Origin(file.file, 1)
        made, losses = read_statements(file.text, in_file(file.text, file.file), unchecked)
        gaps += [Gap(address=file.file, at=loss.at, reason=loss.reason, may=loss.may) for loss in losses]
        refused += [loss.error for loss in losses if loss.error is not None]
        if made or not losses:
            pieces.append(Piece(carrier=file.file, address="", at=at, declarations=made))
    return Reading(
        name=name,
        pieces=tuple(pieces),
        carriers=carriers_of(pieces, gaps),
        expected_version=found.version,
        refused=tuple(refused),
        unchecked=tuple(unchecked),
    )
