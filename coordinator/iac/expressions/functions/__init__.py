"""Terraform's built-in functions (1.11). Importing this package fills the registry."""

from __future__ import annotations

import importlib

from coordinator.iac.expressions.functions.calling import call

for _module in (
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
):
    importlib.import_module(f"{__name__}.{_module}")

__all__ = ["call"]
