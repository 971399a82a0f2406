"""Read INSERT, UPDATE, DELETE and MERGE without a server: what they write, where to, and what they give back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from shared.contracts.facts import ServerError
from shared.contracts.statement import Node
from shared.contracts.static_scope import Columns, Scope, Source
from shared.contracts.static_targets import Target, assign, target_of
from shared.contracts.static_typed import Typed
from shared.contracts.static_values import read_condition, read_value

if TYPE_CHECKING:
    from shared.contracts.static_query import QueryReader


def read_insert(reader: QueryReader, node: Node, outer: Scope | None) -> Columns | None:
    """Read an INSERT; give what RETURNING gives.

    Args:
        reader: Keeps what is refused.
        node: The statement's tree.
        outer: The names that are seen from outside.
    """
    scope = reader.common_tables(node, outer)
    source = reader.relation(node["relation"], scope, "INSERT")
    target = target_of(reader, source, node.get("cols", ()), str(node.get("override", "")))
    values = node.get("selectStmt", {}).get("SelectStmt", {})
    if "valuesLists" in values:
        inner = reader.common_tables(values, scope)
        for row in values["valuesLists"]:
            _assign_row(reader, target, row["List"]["items"], inner)
    elif values:
        _assign_selected(reader, target, values, scope)
    scope.sources = [source]
    _conflict(reader, node.get("onConflictClause", {}), source, scope)
    return reader.targets(node.get("returningList", ()), scope)


def _assign_row(reader: QueryReader, target: Target, items: Sequence[Node], scope: Scope) -> None:
    if target.columns is not None and len(items) > len(target.columns):
        reader.errors.append(ServerError("42601", "INSERT has more expressions than target columns"))
    for name, item in zip(target.columns or (), items, strict=False):
        assign(reader, target, name, item, read_value(reader, item, scope))


def _assign_selected(reader: QueryReader, target: Target, values: Node, scope: Scope) -> None:
    columns = reader.select(values, scope)
    if columns is None or target.columns is None:
        return
    if len(columns) > len(target.columns):
        reader.errors.append(ServerError("42601", "INSERT has more expressions than target columns"))
    items = [entry["ResTarget"].get("val", {}) for entry in values.get("targetList", ())]
    plain = items if len(items) == len(columns) else [{}] * len(columns)
    for name, item, column in zip(target.columns, plain, columns, strict=False):
        value = read_value(reader, item, Scope()) if item.keys() & {"ParamRef", "A_Const"} else Typed(column.type)
        assign(reader, target, name, item, value)


def _conflict(reader: QueryReader, node: Node, source: Source, scope: Scope) -> None:
    for entry in node.get("infer", {}).get("indexElems", ()):
        element = entry["IndexElem"]
        named = {"ColumnRef": {"fields": [{"String": {"sval": element.get("name", "")}}]}}
        read_value(reader, named if "name" in element else element.get("expr"), scope)
    if node.get("action") != "ONCONFLICT_UPDATE":
        return
    both = Scope(scope.parent)
    both.sources = [source, Source("excluded", source.columns)]
    both.merged = {column.name for column in source.columns or ()}  # a name alone means the row that is there
    _set(reader, node.get("targetList", ()), source, both)
    reader.where(node, both)


def _set(reader: QueryReader, targets: Sequence[Node], source: Source, scope: Scope) -> None:
    target = target_of(reader, source, targets, "")
    for entry in targets:
        item = entry["ResTarget"]
        value = read_value(reader, item.get("val"), scope)
        if "indirection" not in item:
            assign(reader, target, item["name"], item.get("val", {}), value, right="UPDATE")


def read_change(reader: QueryReader, kind: str, node: Node, outer: Scope | None) -> Columns | None:
    """Read an UPDATE, DELETE or MERGE; give what RETURNING gives.

    Args:
        reader: Keeps what is refused.
        kind: libpg_query's name.
        node: The statement's tree.
        outer: The names that are seen from outside.
    """
    scope = reader.common_tables(node, outer)
    right = {"UpdateStmt": "", "DeleteStmt": "DELETE", "MergeStmt": ""}[kind]
    source = reader.relation(node["relation"], scope, right)
    scope.sources = [source]
    reader.add_from([*node.get("fromClause", ()), *node.get("usingClause", ())], scope)
    if kind == "MergeStmt":
        reader.add_from([node["sourceRelation"]], scope)
        read_condition(reader, node.get("joinCondition"), scope, "ON")
        _merge(reader, node, source, scope)
    elif kind == "UpdateStmt":
        _set(reader, node.get("targetList", ()), source, scope)
    reader.where(node, scope)
    return reader.targets(node.get("returningList", ()), scope)


def _merge(reader: QueryReader, node: Node, source: Source, scope: Scope) -> None:
    for entry in node.get("mergeWhenClauses", ()):
        clause = entry["MergeWhenClause"]
        read_condition(reader, clause.get("condition"), scope, "WHEN")
        if clause.get("commandType") == "CMD_UPDATE":
            _set(reader, clause.get("targetList", ()), source, scope)
        elif clause.get("commandType") == "CMD_INSERT":
            if source.relation:
                reader.rights.add(("INSERT", source.relation, ""))
            target = target_of(reader, source, clause.get("targetList", ()), str(clause.get("override", "")))
            _assign_row(reader, target, clause.get("values", ()), scope)
        elif clause.get("commandType") == "CMD_DELETE" and source.relation:
            reader.rights.add(("DELETE", source.relation, ""))
