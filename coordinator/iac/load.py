"""Loads a declaration from SQL, Terraform or CloudFormation; the path says which of them it is."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from coordinator.iac.source import SourceError, read_text
from coordinator.iac.sql.folders import blank_down_sections, read_folder
from coordinator.iac.sql.statements import declarations, in_file
from shared.schema.schema import Declaration, SpecSource

__all__ = ["SourceError", "load_source"]

_TEMPLATES = (".yaml", ".yml", ".json", ".template")


def load_source(path: Path, *, variables: Mapping[str, object] | None = None, tenant: str = "") -> SpecSource:
    """Read what a path declares.

    Args:
        path: A `.sql` file, a folder of `.sql` (plain or a migration tool's), a folder of Terraform files, a
            CloudFormation template, or a schema in Atlas HCL (`.hcl`).
        variables: Terraform variables (strings are read as `-var` reads them) or CloudFormation parameters.
        tenant: Whose declarations, where a Terraform configuration declares its tenants differently.

    Raises:
        SourceError: With file and line, for the first thing that is wrong, and when nothing is declared.
    """
    given = dict(variables or {})
    if path.is_dir():
        return _load_folder(path, given, tenant)
    if path.suffix == ".sql":
        return _load_sql(path)
    if path.name.endswith((".tf", ".tf.json")):
        return _load_configuration(path.parent, given, tenant)
    if path.suffix == ".hcl":
        return _load_atlas(path, given)
    if path.suffix in _TEMPLATES:
        from coordinator.iac.cloudformation.load import load_template  # lazy: YAML is slow to import

        return load_template(path, given)
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


def _load_configuration(folder: Path, variables: Mapping[str, object], tenant: str) -> SpecSource:
    from coordinator.iac.terraform.load import load_terraform  # lazy: expressions are slow to import
    from coordinator.iac.terraform.variables import Assignment

    assignments = tuple(Assignment(name, value) for name, value in variables.items())
    return load_terraform(folder, assignments=assignments, environment=os.environ, tenant=tenant)


def _load_folder(folder: Path, variables: dict[str, object], tenant: str) -> SpecSource:
    from coordinator.iac.terraform.configuration import is_configuration_folder  # lazy: as above

    if is_configuration_folder(folder):
        return _load_configuration(folder, variables, tenant)
    unchecked: list[str] = []
    found = read_folder(folder, folder)
    made: list[Declaration] = []
    for file in found.files:
        made.extend(declarations(file.text, in_file(file.text, file.file), unchecked))
    return _source(made, folder.name, found.version, unchecked)


def _load_sql(path: Path) -> SpecSource:
    unchecked: list[str] = []
    text = blank_down_sections(read_text(path, path.name))
    return _source(list(declarations(text, in_file(text, path.name), unchecked)), path.name, "", unchecked)


def _load_atlas(path: Path, variables: dict[str, object]) -> SpecSource:
    from coordinator.iac.atlas.load import load_atlas_schema  # lazy: few sources need it

    found = load_atlas_schema(path, variables)
    unread = [f"{gap.at}: {gap.address}: {gap.reason}" for gap in found.gaps]
    return _source(list(found.declarations), path.name, "", unread)


def _source(made: list[Declaration], shown: str, version: str, unchecked: list[str]) -> SpecSource:
    if not made and not unchecked:
        return SpecSource(declarations=())
    if not made:
        raise SourceError(shown, 0, f"declares nothing of a tenant's schema ({unchecked[0]})")
    return SpecSource(declarations=tuple(made), expected_version=version, unchecked=tuple(unchecked))
