"""Terraform's built-in functions (1.11). Importing this package fills the registry."""

from __future__ import annotations

from coordinator.iac.expressions.functions import (  # noqa: F401  # importing a module registers its functions
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
from coordinator.iac.expressions.functions.calling import call, is_known

__all__ = ["call", "is_known"]
