"""Find the table that rows go to when they are written through a view (PostgreSQL: "Updatable Views")."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import msgspec
import pgparse

from shared.contracts.statement import Node
from shared.schema.identity import QualifiedName

_NOT_UPDATABLE = frozenset({
    "withClause", "distinctClause", "groupClause", "havingClause", "limitCount", "limitOffset", "valuesLists", "larg",
})  # fmt: skip


class Behind(msgspec.Struct, frozen=True):
    """What stands behind a view that takes rows: the relation, and its column for each column of the view."""

    relation: QualifiedName
    columns: Mapping[str, str]


@lru_cache(maxsize=1024)
def behind(definition: str) -> Behind | None:
    """Read a view's query as PostgreSQL deparses it; None when no rows can be written through it."""
    try:
        select = pgparse.parse(definition)[0]["stmt"].get("SelectStmt", {})
    except (pgparse.PGQueryError, ValueError, IndexError):
        return None
    sources = select.get("fromClause", [])
    if len(sources) != 1 or "RangeVar" not in sources[0] or _NOT_UPDATABLE.intersection(select):
        return None
    relation = sources[0]["RangeVar"]
    columns = {name: column for name, column in map(_column, select.get("targetList", [])) if column}
    return Behind(QualifiedName(relation.get("schemaname", ""), relation["relname"]), columns)


def _column(entry: Node) -> tuple[str, str]:
    target = entry["ResTarget"]
    fields = target.get("val", {}).get("ColumnRef", {}).get("fields", [])
    column = str(fields[-1].get("String", {}).get("sval", "")) if fields else ""
    return str(target.get("name", column)), column
