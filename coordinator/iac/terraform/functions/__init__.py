"""Terraform's built-in functions (1.11). Importing this package fills the registry."""

from __future__ import annotations

from coordinator.iac.terraform.functions import (
    collections,
    control,
    dates,
    encoding,
    filesystem,
    formatting,
    hashes,
    lookups,
    network,
    numeric,
    patterns,
    sets,
    strings,
)
from coordinator.iac.terraform.functions.calling import call

__all__ = [
    "call",
    "collections",
    "control",
    "dates",
    "encoding",
    "filesystem",
    "formatting",
    "hashes",
    "lookups",
    "network",
    "numeric",
    "patterns",
    "sets",
    "strings",
]
