"""Find the tables of which a statement takes the rows of every tenant: those it does not narrow down to one.

Read from PostgreSQL's own grammar, query level by query level. A table is narrowed down where its tenant column is
compared, on every way to be true, with something that is no tenant column of the same level, or with that of a table
which is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import msgspec
import pgparse

from shared.schema.identity import QualifiedName

Node = Mapping[str, Any]

_EQUALS = frozenset({"AEXPR_OP", "AEXPR_OP_ANY", "AEXPR_IN", "AEXPR_NOT_DISTINCT"})
"""Comparisons that narrow down when their operator is `=`."""
_PINNED = ""
"""Stands, among aliases, for what is known to be of one tenant."""


class _Level(msgspec.Struct, frozen=True):
    """One query level: its tables by alias, and the conditions that all of its rows meet."""

    tables: dict[str, QualifiedName]
    subselects: frozenset[str]
    conditions: list[Node]
    merged: bool = False  # `JOIN … USING (tenant_id)`: the tables have one tenant column


class Unfiltered(msgspec.Struct, frozen=True, order=True):
    """A table of which a statement takes the rows of every tenant.

    Args:
        table: As the statement names it.
        perhaps: What is taken of it may be narrowed down later: around the sub-select or WITH in which it stands.
    """

    table: QualifiedName
    perhaps: bool = False


def unfiltered_tables(sql: str, column: str, is_shared: Callable[[QualifiedName], bool]) -> tuple[Unfiltered, ...]:
    """Give the tables that a statement reads, changes or deletes from without asking whose the rows are, sorted.

    Args:
        sql: Its text; one that libpg_query does not know gives none.
        column: The tenant column.
        is_shared: Says whether a table, as the statement names it, holds rows of tenants.
    """
    try:
        parsed = pgparse.parse(sql)
    except (pgparse.PGQueryError, ValueError):
        return ()
    return tuple(sorted({each for entry in parsed for each in _of_statement(entry["stmt"], column, is_shared)}))


def _of_statement(node: Node, column: str, is_shared: Callable[[QualifiedName], bool]) -> Iterator[Unfiltered]:
    own = {str(cte["ctename"]) for cte in _find(node, "CommonTableExpr")}
    open_: list[set[QualifiedName]] = []
    narrowing: list[bool] = []
    for level in _levels(node, column):
        made = {alias for alias, name in level.tables.items() if not name.namespace and name.name in own}
        shared = {alias: name for alias, name in level.tables.items() if alias not in made and is_shared(name)}
        derived = level.subselects | made
        pinned = _pinned(level, frozenset(shared), column)
        joined = level.merged and bool(derived)  # with what is made elsewhere, where its tenant is asked for
        open_.append({name for alias, name in shared.items() if alias not in pinned and not joined})
        narrowing.append(bool(derived & _pinned(level, frozenset(derived | shared.keys()), column)))
    for place, tables in enumerate(open_):
        perhaps = any(narrowing[:place] + narrowing[place + 1 :])
        yield from (Unfiltered(table, perhaps) for table in tables)


def _pinned(level: _Level, aliases: frozenset[str], column: str) -> set[str]:
    """Give those of the aliases of a level that something narrows down to one tenant."""
    links: set[frozenset[str]] = {aliases} if level.merged and aliases else set()
    for condition in level.conditions:
        links |= _links(condition, aliases, column)
    pinned = {_PINNED}
    while more := {alias for link in links if link & pinned for alias in link} - pinned:
        pinned |= more
    return pinned


def _links(node: Node, aliases: frozenset[str], column: str) -> set[frozenset[str]]:
    """Give what a condition makes equal: pairs of aliases whose tenants are one, or an alias and `_PINNED`."""
    [(kind, body)] = node.items()
    if kind == "BoolExpr" and body["boolop"] in {"AND_EXPR", "OR_EXPR"}:
        parts = [_links(part, aliases, column) for part in body["args"]]
        return set.union(*parts) if body["boolop"] == "AND_EXPR" else set.intersection(*parts)
    if kind != "A_Expr" or body["kind"] not in _EQUALS or _last(body["name"]) != "=":
        return set()
    left, right = _elements(body.get("lexpr", {})), _elements(body.get("rexpr", {}))
    if len(left) != len(right):  # (tenant_id, id) IN (SELECT …)
        right = [{}] * len(left)
    return {link for one, other in zip(left, right, strict=True) for link in _pairs(one, other, aliases, column)}


def _pairs(one: Node, other: Node, aliases: frozenset[str], column: str) -> Iterator[frozenset[str]]:
    left, right = _tenant_of(one, aliases, column), _tenant_of(other, aliases, column)
    for first, second in ((left, right), (right, left)):
        yield from (frozenset({alias, other}) for alias in first for other in second or {_PINNED})


def _elements(node: Node) -> list[Node]:
    """Give the parts of a row that is compared as a whole; else the node."""
    return list(node["RowExpr"]["args"]) if "RowExpr" in node else [node]


def _tenant_of(node: Node, aliases: frozenset[str], column: str) -> frozenset[str]:
    """Give the aliases whose tenant column an expression is; none for anything else."""
    while "TypeCast" in node:
        node = node["TypeCast"]["arg"]
    fields = node.get("ColumnRef", {}).get("fields", [])
    if not fields or _last(fields) != column:
        return frozenset()
    return frozenset({_last(fields[:-1])}) & aliases if len(fields) > 1 else aliases


def _levels(node: Any, column: str) -> Iterator[_Level]:
    """Give every query level of a tree: each SELECT, also of a UNION, each UPDATE, DELETE, MERGE and COPY … TO."""
    if isinstance(node, list):
        for item in node:
            yield from _levels(item, column)
    elif isinstance(node, dict):
        for kind, body in node.items():
            if isinstance(body, dict):
                yield from _level(kind, body, column)
            yield from _levels(body, column)


def _level(kind: str, body: Node, column: str) -> Iterator[_Level]:
    sources = [*body.get("fromClause", []), *body.get("usingClause", [])]
    if kind in {"UpdateStmt", "DeleteStmt", "MergeStmt"} or (kind == "CopyStmt" and not body.get("is_from")):
        sources += [{"RangeVar": body["relation"]}] if "relation" in body else []
        sources += [body["sourceRelation"]] if "sourceRelation" in body else []
    elif kind == "JoinExpr" or "fromClause" not in body:
        return
    conditions = [body[name] for name in ("whereClause", "joinCondition") if name in body]
    tables = dict(_tables(sources))
    joins = [join for source in sources for join in _joins(source)]
    merged = any(join.get("isNatural") or column in map(_name, join.get("usingClause", [])) for join in joins)
    subselects = frozenset(alias for source in sources for alias in _subselects(source))
    yield _Level(tables, subselects, [*conditions, *(join["quals"] for join in joins if "quals" in join)], merged)


def _tables(sources: Iterable[Node]) -> Iterator[tuple[str, QualifiedName]]:
    for source in sources:
        if "RangeVar" in source:
            relation = source["RangeVar"]
            alias = relation.get("alias", {}).get("aliasname", relation["relname"])
            yield alias, QualifiedName(relation.get("schemaname", ""), relation["relname"])
        elif "JoinExpr" in source:
            yield from _tables([source["JoinExpr"]["larg"], source["JoinExpr"]["rarg"]])


def _subselects(source: Node) -> Iterator[str]:
    if "JoinExpr" in source:
        yield from _subselects(source["JoinExpr"]["larg"])
        yield from _subselects(source["JoinExpr"]["rarg"])
    elif "RangeSubselect" in source:
        yield str(source["RangeSubselect"].get("alias", {}).get("aliasname", ""))


def _joins(source: Node) -> Iterator[Node]:
    if "JoinExpr" in source:
        join = source["JoinExpr"]
        yield join
        yield from _joins(join["larg"])
        yield from _joins(join["rarg"])


def _name(node: Node) -> str:
    return str(node.get("String", {}).get("sval", ""))


def _last(names: list[Node]) -> str:
    return _name(names[-1])


def _find(node: Any, kind: str) -> Iterator[Node]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key == kind and isinstance(value, dict):
                yield value
            yield from _find(value, kind)
    elif isinstance(node, list):
        for item in node:
            yield from _find(item, kind)
