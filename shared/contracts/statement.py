"""Parse a SQL statement with PostgreSQL's own grammar (libpg_query): its tables, and what it writes or looks up."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import lru_cache
from typing import Any

import msgspec
import pgparse

from shared.schema.identity import QualifiedName

Node = Mapping[str, Any]

_TEXT_CASTS = frozenset({"text", "varchar", "bpchar"})
_CREATES = frozenset(
    {"CreateStmt", "CreateTableAsStmt", "ViewStmt", "CreateEnumStmt", "CreateFunctionStmt", "RenameStmt"}
)
_WRITING = ("InsertStmt", "UpdateStmt", "MergeStmt")


class ValueKind(StrEnum):
    """What is known of a value that a statement writes."""

    CONSTANT = "constant"
    NULL = "null"
    DEFAULT = "default"
    PARAMETER = "parameter"
    UNKNOWN = "unknown"


class Value(msgspec.Struct, frozen=True):
    """A value that a statement writes: a constant's text, or the number of a parameter."""

    kind: ValueKind
    text: str = ""
    number: int = 0


class Write(msgspec.Struct, frozen=True, kw_only=True):
    """What an INSERT, an UPDATE or the UPDATE of an ON CONFLICT writes.

    Args:
        verb: `insert`, `update` or `upsert`.
        table: As written; the namespace is empty where none is.
        columns: As written; empty for an INSERT without a list.
        rows: Per row of VALUES its values in the order of `columns`; one row for an update; empty for INSERT … SELECT.
        handles_conflict: True for an INSERT with ON CONFLICT.
        conflict_keys: The columns and expressions (canonical) that ON CONFLICT names; empty where it names none.
        conflict_constraint: The constraint that ON CONFLICT names; empty where it names none.
    """

    verb: str
    table: QualifiedName
    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...] = ()
    handles_conflict: bool = False
    conflict_keys: frozenset[str] = frozenset()
    conflict_constraint: str = ""


class Lookup(msgspec.Struct, frozen=True, kw_only=True):
    """A SELECT from, or a change of, one table whose WHERE fixes `keys` (canonical expressions) to single values."""

    table: QualifiedName
    keys: frozenset[str]


class Call(msgspec.Struct, frozen=True, order=True):
    """A function or procedure that a statement calls: its name as written, and the number of its arguments."""

    name: QualifiedName
    arguments: int


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """One parsed SQL statement.

    Args:
        text: Its SQL.
        kind: libpg_query's name: `SelectStmt`, `InsertStmt`, …
        tables: Every relation it names, sorted; not the names of its CTEs.
        writes: What it writes, at any depth.
        lookup: Set for a SELECT that reads one table by equality, and for an UPDATE or DELETE that returns rows of one.
        deletes_from: Of a DELETE.
        nulls: Result columns that are the literal NULL.
        creates: Name of what it creates, or renames something to; or empty.
        calls: The functions and procedures that it calls at any depth, sorted; not operators.
    """

    text: str
    kind: str
    tables: tuple[QualifiedName, ...] = ()
    writes: tuple[Write, ...] = ()
    lookup: Lookup | None = None
    deletes_from: QualifiedName | None = None
    nulls: frozenset[str] = frozenset()
    creates: str = ""
    calls: tuple[Call, ...] = ()


@lru_cache(maxsize=8192)
def read_statements(sql: str) -> tuple[Statement, ...]:
    """Read the statements of a text; empty when libpg_query does not know its grammar."""
    try:
        parsed = pgparse.parse(sql)
    except (pgparse.PGQueryError, ValueError):
        return ()
    encoded = sql.encode()
    found: list[Statement] = []
    for entry in parsed:
        begin = entry.get("stmt_location", 0)
        length = entry.get("stmt_len", 0)
        text = encoded[begin : begin + length if length else None].decode()
        found.extend(statement_of(kind, body, text.strip()) for kind, body in entry["stmt"].items())
    return tuple(found)


def canonical_expression(sql: str) -> str:
    """Give the canonical form of an index key, comparable with `Lookup.keys`; empty when it does not parse."""
    try:
        parsed = pgparse.parse(f"SELECT {sql}")
    except (pgparse.PGQueryError, ValueError):
        return ""
    targets = parsed[0]["stmt"].get("SelectStmt", {}).get("targetList", [])
    return _canonical(targets[0]["ResTarget"]["val"]) if len(targets) == 1 else ""


def canonical_column(name: str) -> str:
    """Give the canonical form of a column."""
    return _canonical({"ColumnRef": {"fields": [{"String": {"sval": name}}]}})


def statement_of(kind: str, body: Node, text: str = "") -> Statement:
    """Read one statement of libpg_query's tree.

    Args:
        kind: libpg_query's name: `SelectStmt`, `InsertStmt`, …
        body: What stands under it.
        text: Its SQL; empty for one that is only known as a tree.
    """
    common_tables = {cte["ctename"] for cte in _find(body, "CommonTableExpr")}
    tables = {_name(node) for node in relations_named(body)}
    return Statement(
        text=text,
        kind=kind,
        tables=tuple(sorted(t for t in tables if t.namespace or t.name not in common_tables)),
        writes=tuple(_writes(kind, body)),
        lookup=_lookup(body) if kind == "SelectStmt" else _lookup_of_change(body),
        deletes_from=_name(body["relation"]) if kind == "DeleteStmt" else None,
        nulls=frozenset(_nulls(body)) if kind == "SelectStmt" else frozenset(),
        creates=_created(body) if kind in _CREATES else "",
        calls=tuple(sorted(set(_calls(body)))),
    )


def _calls(body: Node) -> Iterator[Call]:
    for node in (*_find(body, "FuncCall"), *_find(body, "funccall")):
        names = [str(part["String"]["sval"]) for part in node["funcname"]]
        yield Call(QualifiedName("".join(names[:-1][-1:]), names[-1]), len(node.get("args", ())))


def _nulls(body: Node) -> Iterator[str]:
    for entry in body.get("targetList", []):
        target = entry["ResTarget"]
        if "name" in target and _value(target.get("val", {})).kind is ValueKind.NULL:
            yield str(target["name"])


def _find(node: Any, kind: str) -> Iterator[Node]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key == kind and isinstance(value, dict):
                yield value
            yield from _find(value, kind)
    elif isinstance(node, list):
        for item in node:
            yield from _find(item, kind)


def relations_named(node: Any) -> Iterator[Node]:
    """Give every relation of a tree: those that are read, and those that statements at any depth write to."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key in {"RangeVar", "relation"} and isinstance(value, dict) and "relname" in value:
                yield value
            yield from relations_named(value)
    elif isinstance(node, list):
        for item in node:
            yield from relations_named(item)


def _name(relation: Node) -> QualifiedName:
    return QualifiedName(relation.get("schemaname", ""), relation["relname"])


def _created(body: Node) -> str:
    if "newname" in body:
        return str(body["newname"])
    relation = body.get("relation") or body.get("view") or body.get("into", {}).get("rel")
    if relation:
        return str(relation.get("relname", ""))
    names = body.get("funcname") or body.get("typeName") or []
    return str(names[-1]["String"]["sval"]) if names else ""


def _writes(kind: str, body: Node) -> Iterator[Write]:
    """Give every write of a statement: its own, and those of the statements in its WITH."""
    nested = [(inner, node) for inner in _WRITING for node in _find(body, inner)]
    for name, node in [(kind, body), *nested]:
        if name == "UpdateStmt":
            yield _update("update", _name(node["relation"]), node.get("targetList", []))
        elif name == "InsertStmt":
            yield from _insert(node)
        elif name == "MergeStmt":
            yield from _merge(node)
        elif name == "CopyStmt" and node.get("is_from"):
            columns = tuple(str(column["String"]["sval"]) for column in node.get("attlist", []))
            yield Write(verb="insert", table=_name(node["relation"]), columns=columns)


def _insert(node: Node) -> Iterator[Write]:
    table = _name(node["relation"])
    source = node.get("selectStmt", {}).get("SelectStmt", {})
    conflict = node.get("onConflictClause")
    yield Write(
        verb="insert" if "selectStmt" in node else "insert defaults",
        table=table,
        columns=_columns(node),
        rows=_rows(source),
        handles_conflict=conflict is not None,
        conflict_keys=frozenset(_conflict_keys(conflict or {})),
        conflict_constraint=str((conflict or {}).get("infer", {}).get("conname", "")),
    )
    if conflict and conflict.get("targetList"):
        yield _update("upsert", table, conflict["targetList"])


def _conflict_keys(conflict: Node) -> Iterator[str]:
    for entry in conflict.get("infer", {}).get("indexElems", []):
        element = entry["IndexElem"]
        yield canonical_column(element["name"]) if "name" in element else _canonical(element.get("expr", {}))


def _columns(node: Node) -> tuple[str, ...]:
    return tuple(entry["ResTarget"]["name"] for entry in node.get("cols", []) if _is_plain(entry["ResTarget"]))


def _rows(source: Node) -> tuple[tuple[Value, ...], ...]:
    """Give the rows of VALUES, or the one row of a select list in which some values may be known."""
    lists = [entry["List"]["items"] for entry in source.get("valuesLists", [])]
    if not lists and "targetList" in source and not source.get("larg"):
        targets = [target["ResTarget"]["val"] for target in source["targetList"]]
        if not any(_is_star(target) for target in targets):
            lists = [targets]
    return tuple(tuple(_value(item) for item in items) for items in lists)


def _is_star(node: Node) -> bool:
    return any("A_Star" in field for field in node.get("ColumnRef", {}).get("fields", []))


def _merge(node: Node) -> Iterator[Write]:
    table = _name(node["relation"])
    for entry in node.get("mergeWhenClauses", []):
        clause = entry["MergeWhenClause"]
        targets = clause.get("targetList", [])
        if clause.get("commandType") == "CMD_UPDATE":
            yield _update("update", table, targets)
        elif clause.get("commandType") == "CMD_INSERT":
            values = clause.get("values", [])
            columns = tuple(target["ResTarget"]["name"] for target in targets if _is_plain(target["ResTarget"]))
            rows = (tuple(_value(value) for value in values),) if values else ()
            yield Write(verb="insert" if values else "insert defaults", table=table, columns=columns, rows=rows)


def _is_plain(target: Node) -> bool:
    return "indirection" not in target


def _update(verb: str, table: QualifiedName, targets: list[Node]) -> Write:
    named = [entry["ResTarget"] for entry in targets]
    plain = [target for target in named if _is_plain(target)]
    return Write(
        verb=verb,
        table=table,
        columns=tuple(target["name"] for target in plain),
        rows=(tuple(_value(target["val"]) for target in plain),),
    )


def _value(node: Node) -> Value:
    match node:
        case {"A_Const": constant}:
            return _constant(constant)
        case {"ParamRef": {"number": number}}:
            return Value(ValueKind.PARAMETER, number=number)
        case {"SetToDefault": _}:
            return Value(ValueKind.DEFAULT)
        case {"TypeCast": {"arg": argument}}:
            inner = _value(argument)
            # A cast of a string to the column's own type changes nothing; of a parameter, it may.
            return inner if inner.kind in {ValueKind.CONSTANT, ValueKind.NULL} else Value(ValueKind.UNKNOWN)
        case _:
            return Value(ValueKind.UNKNOWN)


def _constant(constant: Node) -> Value:
    # protobuf leaves out what has its default: {"ival": {}} is 0.
    match constant:
        case {"isnull": True}:
            return Value(ValueKind.NULL)
        case {"sval": {**text}}:
            return Value(ValueKind.CONSTANT, str(text.get("sval", "")))
        case {"ival": {**number}}:
            return Value(ValueKind.CONSTANT, str(number.get("ival", 0)))
        case {"fval": {**number}}:
            return Value(ValueKind.CONSTANT, str(number.get("fval", "0")))
        case {"boolval": {**flag}}:
            return Value(ValueKind.CONSTANT, "true" if flag.get("boolval") else "false")
        case _:
            return Value(ValueKind.UNKNOWN)


def _lookup(body: Node) -> Lookup | None:
    sources = body.get("fromClause", [])
    if len(sources) != 1 or "RangeVar" not in sources[0] or "whereClause" not in body:
        return None
    changes_count = {"limitCount", "groupClause", "distinctClause", "havingClause", "valuesLists", "larg", "withClause"}
    if changes_count.intersection(body) or any(_find(body.get("targetList", []), "FuncCall")):
        return None  # an aggregate gives one row whatever the table holds
    keys = frozenset(_fixed(body["whereClause"]))
    return Lookup(table=_name(sources[0]["RangeVar"]), keys=keys) if keys else None


def _lookup_of_change(body: Node) -> Lookup | None:
    """Give what `UPDATE … WHERE key = … RETURNING …` looks up, or a DELETE: as many rows come as it changes."""
    others = {"fromClause", "usingClause", "withClause"}
    if "returningList" not in body or "whereClause" not in body or others.intersection(body):
        return None
    keys = frozenset(_fixed(body["whereClause"]))
    return Lookup(table=_name(body["relation"]), keys=keys) if keys else None


def _fixed(condition: Node) -> Iterator[str]:
    """Give the expressions that a condition pins to one value each."""
    match condition:
        case {"BoolExpr": {"boolop": "AND_EXPR", "args": parts}}:
            for part in parts:
                yield from _fixed(part)
        case {"A_Expr": {"kind": "AEXPR_OP", "name": [*_, {"String": {"sval": "="}}], "lexpr": left, "rexpr": right}}:
            for side, other in ((left, right), (right, left)):
                if any(_find(side, "ColumnRef")) and not any(_find(other, "ColumnRef")):
                    yield _canonical(side)


def _canonical(node: Any) -> str:
    return json.dumps(_strip(node), sort_keys=True)


def _strip(node: Any) -> Any:
    """Drop what does not change an expression's meaning: positions, qualifiers, casts between text types."""
    if isinstance(node, list):
        return [_strip(item) for item in node]
    if not isinstance(node, dict):
        return node
    if "TypeCast" in node:
        names = [name["String"]["sval"] for name in node["TypeCast"]["typeName"].get("names", [])]
        if names and names[-1] in _TEXT_CASTS:
            return _strip(node["TypeCast"]["arg"])
    if "ColumnRef" in node:
        return {"ColumnRef": _strip(node["ColumnRef"]["fields"][-1:])}
    if "FuncCall" in node:
        call = node["FuncCall"]
        return {"FuncCall": [_strip(call["funcname"][-1]), _strip(call.get("args", []))]}
    return {key: _strip(value) for key, value in node.items() if key != "location"}
