"""Say which tables of a join may give several rows: those of which no unique key is fixed to one value."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import msgspec
import pgparse

from shared.contracts.relations import Relations
from shared.contracts.statement import Node, canonical_column
from shared.schema.identity import QualifiedName

_OTHER_COUNTS = frozenset({
    "limitCount", "groupClause", "distinctClause", "havingClause", "valuesLists", "larg", "withClause",
})  # fmt: skip


class Column(msgspec.Struct, frozen=True):
    """A column as it is written: the alias before it is empty where none is."""

    alias: str
    name: str


class Join(msgspec.Struct, frozen=True):
    """A SELECT from several tables.

    Args:
        tables: By alias.
        equal: Pairs of columns that a row has equal; None for a value.
    """

    tables: tuple[tuple[str, QualifiedName], ...]
    equal: tuple[tuple[Column, Column | None], ...]


@lru_cache(maxsize=4096)
def read_join(sql: str) -> Join | None:
    """Read a SELECT that joins tables; None for any other, and where something else says how many rows come."""
    try:
        parsed = pgparse.parse(sql)
    except (pgparse.PGQueryError, ValueError):
        return None
    select = parsed[0]["stmt"].get("SelectStmt", {}) if len(parsed) == 1 else {}
    sources = select.get("fromClause", ())
    if not sources or _OTHER_COUNTS.intersection(select) or _has(select.get("targetList", ()), "FuncCall"):
        return None
    tables: dict[str, QualifiedName] = {}
    equal: list[tuple[Column, Column | None]] = []
    if not all(_source(source, tables, equal) for source in sources) or len(tables) < 2:  # noqa: PLR2004  # a join
        return None
    equal += _equal(select.get("whereClause"))
    return Join(tuple(tables.items()), tuple(equal))


def open_tables(join: Join, relations: Relations) -> frozenset[QualifiedName] | None:
    """Give the tables of a join of which several rows may come; None where it is not known what they are."""
    tables = {alias: relations.table(name) for alias, name in join.tables}
    if None in tables.values():
        return None
    known = {alias: table for alias, table in tables.items() if table is not None}
    fixed: dict[str, set[str]] = {alias: set() for alias in known}
    single: set[str] = set()
    for _ in known:  # each round can make one more table single
        for here, there in join.equal:
            alias, other = _owner(here, known, relations), _owner(there, known, relations) if there else ""
            if alias and (there is None or other in single):
                fixed[alias].add(canonical_column(here.name))
        single = {
            alias for alias, table in known.items() if any(key <= fixed[alias] for key in relations.unique_keys(table))
        }
    return frozenset(table for alias, table in known.items() if alias not in single)


def _owner(column: Column, tables: dict[str, QualifiedName], relations: Relations) -> str:
    """Give the alias of the table that has a column; empty where it is not certain."""
    if column.alias:
        return column.alias if column.alias in tables else ""
    owners = [alias for alias, table in tables.items() if column.name in relations.columns(table)]
    return owners[0] if len(owners) == 1 else ""


def _source(node: Node, tables: dict[str, QualifiedName], equal: list[tuple[Column, Column | None]]) -> bool:
    """Add what a source of FROM gives; False where it is no table, or a join of a kind that is not followed."""
    match node:
        case {"RangeVar": relation}:
            alias = str(relation.get("alias", {}).get("aliasname", relation["relname"]))
            tables[alias] = QualifiedName(relation.get("schemaname", ""), relation["relname"])
            return True
        case {"JoinExpr": {"jointype": "JOIN_INNER" | "JOIN_LEFT", "larg": left, "rarg": right, "quals": condition}}:
            equal += _equal(condition)
            return _source(left, tables, equal) and _source(right, tables, equal)
        case _:
            return False


def _equal(condition: Any) -> Iterator[tuple[Column, Column | None]]:
    match condition:
        case {"BoolExpr": {"boolop": "AND_EXPR", "args": parts}}:
            for part in parts:
                yield from _equal(part)
        case {"A_Expr": {"kind": "AEXPR_OP", "name": [*_, {"String": {"sval": "="}}], "lexpr": left, "rexpr": right}}:
            for side, other in ((left, right), (right, left)):
                column, beside = _column(side), _column(other)
                if column and (beside or not _has(other, "ColumnRef")):
                    yield column, beside
        case _:
            pass


def _column(node: Node) -> Column | None:
    fields = node.get("ColumnRef", {}).get("fields", ())
    texts = [str(field["String"]["sval"]) for field in fields if "String" in field]
    return Column("".join(texts[:-1][-1:]), texts[-1]) if texts and len(texts) == len(fields) else None


def _has(node: Any, kind: str) -> bool:
    if isinstance(node, list | tuple):
        return any(_has(item, kind) for item in node)
    return isinstance(node, dict) and (kind in node or any(_has(value, kind) for value in node.values()))
