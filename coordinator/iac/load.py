"""Loads a declaration from SQL, Terraform or CloudFormation; the path says which of them it is."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import msgspec

from coordinator.iac.assignment import Assignment
from coordinator.iac.file_names import (
    CONFIGURATION_SUFFIXES,
    TERRAGRUNT_FILE,
    is_atlas_folder,
    is_cdk_folder,
    is_configuration_folder,
    is_recorded,
)
from coordinator.iac.programs import program_of
from coordinator.iac.reading import Gap, Piece, Reading, carriers_of, spec_source
from coordinator.iac.source import LimitError, SourceError, read_text
from coordinator.iac.sql.folders import SqlFolder, UnreadFile, read_folder
from coordinator.iac.sql.migration_files import SqlFile, blank_down_sections
from coordinator.iac.sql.partial import read_statements
from coordinator.iac.sql.statements import in_file
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
        path: A `.sql` file, a folder of `.sql` (plain or a migration tool's), a folder of Terraform files or a unit of
            Terragrunt, a Terraform state or the JSON of a plan, a CloudFormation template or a folder of `cdk synth`,
            a schema in Atlas HCL, a folder of them or an Atlas project.
        given: Values of Terraform variables or CloudFormation parameters, and files of them, the last one wins.

    Raises:
        SourceError: With file and line, for all that is wrong.
    """
    if path.is_dir():
        return _read_folder(path, given)
    if path.suffix == ".sql":
        text = blank_down_sections(read_text(path, path.name))
        return _read_files(path.name, SqlFolder(always=(SqlFile(path.name, text),)))
    if path.name.endswith(CONFIGURATION_SUFFIXES):
        return _read_configuration(path.parent, given)
    if path.suffix == ".hcl":
        return _read_hcl(path, given)
    if is_recorded(path):
        from coordinator.iac.terraform.load import read_recorded_state  # lazy: expressions are slow to import

        return read_recorded_state(path)
    if path.suffix in _TEMPLATES:
        from coordinator.iac.cloudformation.load import read_template  # lazy: YAML is slow to import

        return read_template(path, _named(given))
    if not path.exists():
        raise SourceError(str(path), 0, "no such file or folder")
    raise SourceError(
        path.name,
        0,
        "unsupported source: expected a .sql file, a Terraform folder, a schema in Atlas HCL (.hcl) or a "
        f"CloudFormation template ({', '.join(_TEMPLATES)}), got {_named_kind(path)}",
    )


def _named(given: tuple[Assignment, ...]) -> dict[str, object]:
    found: dict[str, object] = {}
    for entry in given:
        found.update({entry.name: entry.value} if entry.name else _values_of(Path(str(entry.value))))
    return found


def _values_of(path: Path) -> dict[str, object]:
    from coordinator.iac.value_files import read_values  # lazy: YAML and expressions are slow to import

    return read_values(path)


def _named_kind(path: Path) -> str:
    return f"a {path.suffix} file" if path.suffix else "a file without a suffix"


def _read_configuration(folder: Path, given: tuple[Assignment, ...]) -> Reading:
    from coordinator.iac.terraform.load import read_terraform  # lazy: expressions are slow to import

    return read_terraform(folder, assignments=given, environment=os.environ)


def _read_folder(folder: Path, given: tuple[Assignment, ...]) -> Reading:
    if (folder / TERRAGRUNT_FILE).is_file():
        return _read_hcl(folder / TERRAGRUNT_FILE, given)
    if is_configuration_folder(folder):
        return _read_configuration(folder, given)
    if is_cdk_folder(folder):
        from coordinator.iac.cloudformation.load import read_cdk_folder  # lazy: as above

        return read_cdk_folder(folder, _named(given))
    if is_atlas_folder(folder):
        return _read_hcl(folder, given)
    return _read_sql_folder(folder)


def _read_sql_folder(folder: Path) -> Reading:
    program = program_of(folder)
    try:
        found = read_folder(folder, folder)
    except LimitError:
        raise
    except SourceError as error:
        if program is None or error.line:
            raise
        raise SourceError(program[0], 1, program[1]) from None
    if program is None:
        return _read_files(folder.name, found)
    unread = UnreadFile(*program)
    return _read_files(folder.name, msgspec.structs.replace(found, unread=(unread, *found.unread)))


def _read_hcl(path: Path, given: tuple[Assignment, ...]) -> Reading:
    if path.name == TERRAGRUNT_FILE:
        from coordinator.iac.terraform.terragrunt import read_terragrunt  # lazy: as above

        return read_terragrunt(path, given, os.environ)
    from coordinator.iac.atlas.load import read_atlas  # lazy: as above

    return read_atlas(path, _named(given))


def _read_files(name: str, found: SqlFolder) -> Reading:
    """Read files of SQL: each is a carrier."""
    unchecked: list[str] = []
    pieces: list[Piece] = []
    gaps: list[Gap] = []
    refused: list[SourceError] = []
    for step, file in found.steps():
        at = Origin(file.file, file.line)
        made, losses = read_statements(file.text, in_file(file.text, file.file, first_line=file.line), unchecked)
        gaps += [Gap(address=file.file, at=loss.at, reason=loss.reason, may=loss.may) for loss in losses]
        refused += [loss.error for loss in losses if loss.error is not None]
        if made or not losses:
            pieces.append(Piece(carrier=file.file, address="", at=at, declarations=made, step=step))
    gaps += [Gap(address=lost.file, at=Origin(lost.file, 1), reason=lost.reason) for lost in found.unread]
    return Reading(
        name=name,
        pieces=tuple(pieces),
        carriers=carriers_of(pieces, gaps),
        expected_version=found.version,
        refused=tuple(refused),
        unchecked=tuple(unchecked),
    )
