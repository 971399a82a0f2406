"""Read the expressions of a query without a server: their types, whether they can be NULL, what is refused in them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from shared.contracts.facts import UNTOLD, ServerError, SqlType
from shared.contracts.nullability import any_answer
from shared.contracts.statement import Node
from shared.contracts.static_calls import called
from shared.contracts.static_schema import type_written
from shared.contracts.static_scope import Scope
from shared.contracts.static_typed import Reader, Typed, adapt, refuse
from shared.contracts.static_types import BIGINT, BOOL, INTEGER, TEXT, compares, family, widest
from shared.schema.identity import QualifiedName

_COMPARES = frozenset({"=", "<>", "<", ">", "<=", ">="})
_OF_JSON = frozenset({"->", "->>", "#>", "#>>"})
_APART = frozenset({"number", "text", "bool", "bytea", "uuid", "json", "jsonb"})
"""Families between any two of which PostgreSQL has no arithmetic."""
_STAMPS = {"DATE": "date", "TIMESTAMP": "timestamptz", "LOCALTIMESTAMP": "timestamp", "USER": "name", "ROLE": "name"}


def read_value(reader: Reader, node: Any, scope: Scope) -> Typed:
    """Read an expression.

    Args:
        reader: Keeps what is refused and which types parameters have.
        node: Of libpg_query's tree.
        scope: The names that it sees.
    """
    if isinstance(node, list):
        for item in node:
            read_value(reader, item, scope)
        return Typed()
    if not isinstance(node, Mapping):
        return Typed()
    for kind, body in node.items():
        if kind in _BY_KIND:
            return _BY_KIND[kind](reader, body, scope)
        read_value(reader, body, scope)
    return Typed()


def read_condition(reader: Reader, node: Any, scope: Scope, where: str = "WHERE") -> None:
    """Read what must be true or false."""
    if node:
        value = adapt(reader, read_value(reader, node, scope), BOOL)
        if value.type not in {BOOL, UNTOLD}:
            refuse(reader, "42804", f"argument of {where} must be type boolean, not type {value.type}")


def _column(reader: Reader, body: Node, scope: Scope) -> Typed:
    texts = [str(field["String"]["sval"]) for field in body["fields"] if "String" in field]
    if len(texts) != len(body["fields"]):
        return Typed()
    found = scope.find(texts[-2] if len(texts) > 1 else "", texts[-1])
    if isinstance(found, ServerError):
        reader.errors.append(found)
        return Typed()
    if found is None:
        return Typed()
    source, column = found
    if source.relation:
        reader.rights.add(("SELECT", source.relation, column.name))
    return Typed(column.type, column.nulls, column.origin)


def _constant(_: Reader, body: Node, __: Scope) -> Typed:
    match body:
        case {"isnull": True}:
            return Typed(nulls=True)
        case {"sval": text}:
            return Typed(nulls=False, literal=str(text.get("sval", "")))
        case {"ival": _}:
            return Typed(INTEGER, nulls=False)
        case {"fval": number}:
            is_whole = str(number.get("fval", "")).isdigit()
            return Typed(BIGINT if is_whole else SqlType("pg_catalog", "numeric"), nulls=False)
        case {"boolval": _}:
            return Typed(BOOL, nulls=False)
        case _:
            return Typed()


def _parameter(reader: Reader, body: Node, _: Scope) -> Typed:
    number = int(body.get("number", 0))
    return Typed(reader.parameters.get(number, UNTOLD), parameter=number)


def type_in_tree(reader: Reader, body: Node) -> SqlType:
    """Give the type that a cast names; UNTOLD, and a refusal, where there is none."""
    names = [str(part["String"]["sval"]) for part in body.get("names", ())]
    if not names:
        return UNTOLD
    namespace, name = "".join(names[:-1][-1:]), names[-1]
    own = None if namespace == "pg_catalog" else reader.schema.type_named(namespace, name)
    if own is None and namespace not in {"", "pg_catalog"}:
        refuse(reader, "42704", f'type "{namespace}.{name}" does not exist')
        return UNTOLD
    kind = own or type_written(name)
    if own is None and not namespace and name in reader.routine_names:
        refuse(reader, "42704", f'type "{name}" does not exist')
        return UNTOLD
    below = reader.schema.below(kind)
    return msgspec.structs.replace(below, array=True) if body.get("arrayBounds") else below


def _cast(reader: Reader, body: Node, scope: Scope) -> Typed:
    value = read_value(reader, body["arg"], scope)
    kind = type_in_tree(reader, body["typeName"])
    adapt(reader, value, kind)
    return Typed(kind, value.nulls)


def _boolean(reader: Reader, body: Node, scope: Scope) -> Typed:
    word = str(body.get("boolop", "")).removesuffix("_EXPR")
    for part in body.get("args", ()):
        read_condition(reader, part, scope, word)
    return Typed(BOOL)


def _operator(reader: Reader, body: Node, scope: Scope) -> Typed:
    kind, sign = body["kind"], str(body["name"][-1]["String"]["sval"])
    left = read_value(reader, body.get("lexpr"), scope)
    if kind == "AEXPR_IN" or "BETWEEN" in kind:
        others = [read_value(reader, node, scope) for node in body["rexpr"]["List"]["items"]]
        rights = [_compared(reader, sign if kind == "AEXPR_IN" else "=", left, other) for other in others]
        return Typed(BOOL, any_answer([left.nulls, *(each.nulls for each in rights)]))
    right = read_value(reader, body.get("rexpr"), scope)
    if kind in _SPECIAL:
        return _SPECIAL[kind](reader, sign, left, right)
    if "lexpr" not in body:
        return Typed(right.type, right.nulls)
    return (_compared if sign in _COMPARES else _computed)(reader, sign, left, right)


def _compared(reader: Reader, sign: str, left: Typed, right: Typed) -> Typed:
    left, right = adapt(reader, left, right.type), adapt(reader, right, left.type)
    if not compares(left.type, right.type):
        refuse(reader, "42883", f"operator does not exist: {left.type} {sign} {right.type}")
    return Typed(BOOL, any_answer([left.nulls, right.nulls]))


def _compared_with_array(reader: Reader, sign: str, left: Typed, right: Typed) -> Typed:
    if left.type != UNTOLD and not left.type.array:
        right = adapt(reader, right, msgspec.structs.replace(left.type, array=True))
    if right.type != UNTOLD and not right.type.array:
        refuse(reader, "42809", "op ANY/ALL (array) requires array on right side")
        return Typed(BOOL)
    element = msgspec.structs.replace(right.type, array=False) if right.type.array else UNTOLD
    return _compared(reader, sign, left, Typed(element))


def _distinct(reader: Reader, _: str, left: Typed, right: Typed) -> Typed:
    _compared(reader, "=", left, right)
    return Typed(BOOL, nulls=False)


def _null_if(reader: Reader, _: str, left: Typed, right: Typed) -> Typed:
    _compared(reader, "=", left, right)
    return Typed(left.type)


def _matched(reader: Reader, sign: str, left: Typed, right: Typed) -> Typed:
    left, right = adapt(reader, left, right.type), adapt(reader, right, left.type)
    families = {family(each.type) for each in (left, right) if each.type != UNTOLD}
    if families - {"text", "bytea"} or len(families) > 1:
        refuse(reader, "42883", f"operator does not exist: {left.type} {sign} {right.type}")
    return Typed(BOOL, any_answer([left.nulls, right.nulls]))


def _computed(reader: Reader, sign: str, left: Typed, right: Typed) -> Typed:
    if sign in _OF_JSON:
        if left.type != UNTOLD and left.type.namespace == "pg_catalog" and family(left.type) not in {"json", "jsonb"}:
            refuse(
                reader,
                "42883",
                f"operator does not exist: {left.type} {sign} {right.type if right.type != UNTOLD else 'unknown'}",
            )
        return Typed(TEXT if sign in {"->>", "#>>"} else left.type)
    left, right = adapt(reader, left, right.type), adapt(reader, right, left.type)
    families = {family(left.type), family(right.type)}
    nulls = any_answer([left.nulls, right.nulls])
    if sign == "||":
        return Typed(TEXT if "text" in families else left.type if left.type == right.type else UNTOLD, nulls)
    if sign in {"+", "-", "*", "/", "%"}:
        if len(families) > 1 and families <= _APART:
            refuse(reader, "42883", f"operator does not exist: {left.type} {sign} {right.type}")
        return Typed(widest([left.type, right.type]) if families == {"number"} else UNTOLD, nulls)
    return Typed()


_SPECIAL: Mapping[str, Callable[[Reader, str, Typed, Typed], Typed]] = {
    "AEXPR_OP_ANY": _compared_with_array,
    "AEXPR_OP_ALL": _compared_with_array,
    "AEXPR_DISTINCT": _distinct,
    "AEXPR_NOT_DISTINCT": _distinct,
    "AEXPR_NULLIF": _null_if,
    **dict.fromkeys(("AEXPR_LIKE", "AEXPR_ILIKE", "AEXPR_SIMILAR"), _matched),
}


def _call(reader: Reader, body: Node, scope: Scope) -> Typed:
    values = [read_value(reader, node, scope) for node in body.get("args", ())]
    for part in ("agg_order", "over"):
        read_value(reader, body.get(part), scope)
    read_condition(reader, body.get("agg_filter"), scope, "FILTER")
    names = [str(part["String"]["sval"]) for part in body["funcname"]]
    name = QualifiedName("".join(names[:-1][-1:]), names[-1])
    return called(reader, name, values)


def _sublink(reader: Reader, body: Node, scope: Scope) -> Typed:
    columns = reader.select(body["subselect"]["SelectStmt"], scope)
    kind = body.get("subLinkType", "")
    tested = read_value(reader, body.get("testexpr"), scope)
    if kind in {"ANY_SUBLINK", "ALL_SUBLINK"} and columns and len(columns) == 1:
        _compared(reader, "=", tested, Typed(columns[0].type))
    if kind == "EXPR_SUBLINK" and columns:
        return Typed(columns[0].type, columns[0].nulls or None)  # there may be no row
    if kind == "ARRAY_SUBLINK" and columns and columns[0].type != UNTOLD:
        return Typed(msgspec.structs.replace(columns[0].type, array=True), nulls=False)
    return Typed(BOOL, nulls=False) if kind == "EXISTS_SUBLINK" else Typed()


def _case(reader: Reader, body: Node, scope: Scope) -> Typed:
    tested = read_value(reader, body["arg"], scope) if "arg" in body else None
    results: list[Typed] = []
    for entry in body.get("args", ()):
        when = entry["CaseWhen"]
        if tested is None:
            read_condition(reader, when["expr"], scope, "CASE/WHEN")
        else:
            _compared(reader, "=", tested, read_value(reader, when["expr"], scope))
        results.append(read_value(reader, when["result"], scope))
    results.append(read_value(reader, body["defresult"], scope) if "defresult" in body else Typed(nulls=True))
    return Typed(_common(reader, results), any_answer([each.nulls for each in results]))


def _common(reader: Reader, values: Sequence[Typed]) -> SqlType:
    """Give the type that several values become together; constants and parameters take that of the others."""
    told = [value.type for value in values if value.type != UNTOLD]
    kind = widest(told) if told else UNTOLD
    adapted = [adapt(reader, value, kind) for value in values]
    open_ = [each for each in adapted if each.type == UNTOLD and each.nulls is not True]
    return UNTOLD if open_ else kind


def _coalesce(reader: Reader, body: Node, scope: Scope) -> Typed:
    values = [read_value(reader, node, scope) for node in body.get("args", ())]
    answers = [value.nulls for value in values]
    kind = _common(reader, values)
    if any(answer is False for answer in answers):
        return Typed(kind, nulls=False)
    return Typed(kind, None if None in answers else any_answer(answers))


def _test(reader: Reader, body: Node, scope: Scope) -> Typed:
    read_value(reader, body.get("arg"), scope)
    return Typed(BOOL, nulls=False)


def _array(reader: Reader, body: Node, scope: Scope) -> Typed:
    kind = _common(reader, [read_value(reader, node, scope) for node in body.get("elements", ())])
    return Typed(UNTOLD if kind == UNTOLD or kind.array else msgspec.structs.replace(kind, array=True), nulls=False)


def _indirection(reader: Reader, body: Node, scope: Scope) -> Typed:
    value = read_value(reader, body["arg"], scope)
    kind = value.type
    for step in body.get("indirection", ()):
        if "String" in step and kind != UNTOLD:
            name, attributes = str(step["String"]["sval"]), reader.schema.attributes(kind)
            if attributes is not None and name not in attributes:
                refuse(reader, "42703", f'column "{name}" not found in data type {kind}')
            kind = (attributes or {}).get(name, UNTOLD)
        elif "A_Indices" in step and not step["A_Indices"].get("is_slice") and kind.array:
            kind = msgspec.structs.replace(kind, array=False)
        else:
            kind = UNTOLD
    return Typed(kind)


def _passed_on(reader: Reader, body: Node, scope: Scope) -> Typed:
    return read_value(reader, body.get("arg"), scope)


def _stamp(_: Reader, body: Node, __: Scope) -> Typed:
    words = str(body.get("op", "")).removeprefix("SVFOP_").split("_")
    name = next((_STAMPS[word] for word in words if word in _STAMPS), "")
    return Typed(SqlType("pg_catalog", name) if name else UNTOLD, nulls=False)


_BY_KIND: Mapping[str, Callable[[Reader, Node, Scope], Typed]] = {
    "ColumnRef": _column,
    "A_Const": _constant,
    "ParamRef": _parameter,
    "TypeCast": _cast,
    "BoolExpr": _boolean,
    "A_Expr": _operator,
    "FuncCall": _call,
    "funccall": _call,
    "SubLink": _sublink,
    "CaseExpr": _case,
    "CoalesceExpr": _coalesce,
    "MinMaxExpr": _coalesce,
    "NullTest": _test,
    "BooleanTest": _test,
    "A_ArrayExpr": _array,
    "A_Indirection": _indirection,
    "CollateClause": _passed_on,
    "NamedArgExpr": _passed_on,
    "SQLValueFunction": _stamp,
}
