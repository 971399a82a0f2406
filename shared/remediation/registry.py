"""The recipes of every kind. Importing this module fills the registry: the one list of families."""

from __future__ import annotations

from types import ModuleType

from shared.remediation.kinds import (
    columns,
    constraints,
    facets,
    foreign,
    indexes,
    namespaces,
    operators,
    privileges,
    replication,
    routines,
    sequences,
    statistics,
    tables,
    text_search,
    triggers,
    types,
    views,
)
from shared.remediation.recipe import RECIPES

FAMILIES: tuple[ModuleType, ...] = (
    columns, constraints, facets, foreign, indexes, namespaces, operators, privileges, replication, routines, sequences,
    statistics, tables, text_search, triggers, types, views,
)  # fmt: skip

__all__ = ["FAMILIES", "RECIPES"]
