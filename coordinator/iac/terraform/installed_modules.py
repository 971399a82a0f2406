"""Finds the folders of modules that `terraform init` has installed: those that are no local folder of the source."""

from __future__ import annotations

import re

import msgspec

from coordinator.iac.expressions.files import Files
from coordinator.iac.source import SourceError

_MANIFEST = ".terraform/modules/modules.json"


class _Installed(msgspec.Struct, frozen=True):
    key: str = msgspec.field(name="Key")
    folder: str = msgspec.field(name="Dir")


class _Manifest(msgspec.Struct, frozen=True):
    modules: tuple[_Installed, ...] = msgspec.field(name="Modules", default=())


def installed_module(files: Files, address: str, name: str) -> str | None:
    """Return the folder in which Terraform keeps a module that it has installed; None when it has not.

    Args:
        files: What may be read.
        address: The module that calls it, empty for the root.
        name: What the call is named.
    """
    calls = re.sub(r'\[(?:"(?:[^"\\]|\\.)*"|\d+)\]', "", address).replace("module.", "")
    key = f"{calls}.{name}" if calls else name
    try:
        manifest = msgspec.json.decode(files.read(_MANIFEST), type=_Manifest)
        folder = next((entry.folder for entry in manifest.modules if entry.key == key), None)
        return folder if folder is not None and files.locate(folder).is_dir() else None
    except (SourceError, msgspec.DecodeError):
        return None
