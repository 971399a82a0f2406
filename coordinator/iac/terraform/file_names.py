"""Which files are Terraform's or OpenTofu's."""

from __future__ import annotations

from pathlib import Path

CONFIGURATION_SUFFIXES = (".tf", ".tf.json", ".tofu", ".tofu.json")


def is_configuration_folder(folder: Path) -> bool:
    """Return whether a folder holds Terraform files."""
    return any(entry.name.endswith(CONFIGURATION_SUFFIXES) for entry in folder.iterdir() if entry.is_file())
