"""What a statement that cannot be read as a whole makes or alters, as far as the rest of it says so."""

from __future__ import annotations

from typing import Any

import pgparse

from coordinator.iac.located_text import HOLE
from shared.kinds.declared import declared, facets_said
from shared.schema.identity import QualifiedName
from shared.schema.schema import MayDeclare

_ROWS = frozenset({"CopyStmt", "DeleteStmt", "InsertStmt", "TruncateStmt", "UpdateStmt"})
"""Parse nodes of statements that change rows and no object."""


def may_declare(sql: str) -> MayDeclare:
    """Say what a statement may declare.

    Args:
        sql: The statement, a `HOLE` in it for each part that is not known.
    """
    try:
        [entry] = pgparse.parse(sql)
    except (pgparse.PGQueryError, ValueError):
        return MayDeclare()
    [(node, tree)] = entry["stmt"].items()
    facets = ("rows",) if node in _ROWS else facets_said(node)
    if facets:
        return MayDeclare(kinds=facets)
    match node:
        case "CreateStmt" | "ViewStmt" | "AlterTableStmt":
            return MayDeclare(objects=_relation(tree.get("view") or tree.get("relation") or {}))
        case "IndexStmt":
            return MayDeclare(kinds=("index",), objects=_relation(tree.get("relation", {})))
        case "AlterExtensionStmt":
            return MayDeclare(kinds=("extension",), objects=_known("", tree.get("extname", "")))
        case _:
            return _made(node, tree)


def _made(node: str, tree: dict[str, Any]) -> MayDeclare:
    """Say what a statement makes that makes one object; several, or none that is known, may be anything."""
    made = list(declared(node, tree))
    if len(made) != 1:
        return MayDeclare()
    return MayDeclare(kinds=made[0].kinds, objects=_known(made[0].namespace, made[0].parent or made[0].name))


def _relation(found: dict[str, Any]) -> tuple[QualifiedName, ...]:
    return _known(found.get("schemaname", ""), found.get("relname", ""))


def _known(namespace: str, name: str) -> tuple[QualifiedName, ...]:
    """Return a name, unless it is not known."""
    return () if not name or HOLE in name or HOLE in namespace else (QualifiedName(namespace, name),)
