"""What a file or folder is, by its name and a glance into it: asked before any of the readers is loaded."""

from __future__ import annotations

import re
from pathlib import Path

CONFIGURATION_SUFFIXES = (".tf", ".tf.json", ".tofu", ".tofu.json")
STATE_SUFFIXES = (".tfstate", ".tfstate.backup")
TERRAGRUNT_FILE = "terragrunt.hcl"
ATLAS_PROJECT = "atlas.hcl"
CDK_MANIFEST = "manifest.json"

_RECORDED = re.compile(rb'"terraform_version"\s*:\s*"')
_CONTENT = re.compile(rb'"(?:planned_values|values|resources)"\s*:')
_LOOKED_AT_BYTES = 64 * 1024 * 1024


def is_configuration_folder(folder: Path) -> bool:
    """Return whether a folder holds Terraform files."""
    return any(entry.name.endswith(CONFIGURATION_SUFFIXES) for entry in folder.iterdir() if entry.is_file())


def is_recorded(path: Path) -> bool:
    """Return whether a file is a Terraform state, or a plan or state in JSON."""
    if path.name.endswith(STATE_SUFFIXES):
        return True
    if path.suffix != ".json" or not path.is_file():
        return False
    with path.open("rb") as file:
        content = file.read(_LOOKED_AT_BYTES)
    return _RECORDED.search(content) is not None and _CONTENT.search(content) is not None


def is_cdk_folder(folder: Path) -> bool:
    """Return whether a folder is what `cdk synth` writes."""
    return (folder / CDK_MANIFEST).is_file() and any(folder.glob("*.template.json"))


def is_atlas_folder(folder: Path) -> bool:
    """Return whether a folder holds an Atlas project, or schemas in Atlas HCL and no SQL beside them."""
    if (folder / ATLAS_PROJECT).is_file():
        return True
    names = [entry.name for entry in folder.iterdir() if entry.is_file()]
    return any(name.endswith(".hcl") for name in names) and not any(name.endswith(".sql") for name in names)
