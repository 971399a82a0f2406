"""Say whether a CHECK holds for constants, without a server, as far as its expression is made of what is read here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

import pgparse

from shared.contracts.facts import CheckProbe
from shared.contracts.statement import Node
from shared.contracts.static_schema import type_written
from shared.contracts.static_types import family

Known = bool | Decimal | str | None
"""A value: a truth, a number, a text; None is NULL."""

_LENGTHS = frozenset({"length", "char_length", "character_length"})
_TEXT_FUNCTIONS: Mapping[str, Callable[[str], str]] = {"lower": str.lower, "upper": str.upper}


class _NotKnownError(Exception):
    """What an expression comes to cannot be told."""


def check_holds(probe: CheckProbe) -> bool | None:
    """Say whether a CHECK holds for the constants of a probe; None where that cannot be told.

    A CHECK holds as well where its expression is NULL.
    """
    try:
        parsed = pgparse.parse(f"SELECT {probe.expression}")
        [target] = parsed[0]["stmt"]["SelectStmt"]["targetList"]
        values = {value.column: _given(value.type, value.value) for value in probe.values}
        found = _of(target["ResTarget"]["val"], values)
    except (pgparse.PGQueryError, ValueError, KeyError, _NotKnownError):
        return None
    return found if isinstance(found, bool) else True if found is None else None


def _given(written: str, text: str | None) -> Known:
    if text is None:
        return None
    kind = type_written(written)
    match "" if kind.array else family(kind):
        case "number":
            return _number(text)
        case "text" if kind.name != "bpchar":  # whose trailing blanks do not count
            return text
        case "bool" if text in {"true", "false", "t", "f"}:
            return text.startswith("t")
        case _ if kind.namespace != "pg_catalog" and not kind.array:
            return text  # of an enum: only whether two are the same is asked
        case _:
            raise _NotKnownError


def _number(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise _NotKnownError from None


def _of(node: Any, values: Mapping[str, Known]) -> Known:
    for kind, body in node.items():
        if kind in _BY_KIND:
            return _BY_KIND[kind](body, values)
    raise _NotKnownError


def _column(body: Node, values: Mapping[str, Known]) -> Known:
    name = str(body["fields"][-1].get("String", {}).get("sval", ""))
    return values[name] if name in values else _refuse()


def _of_or_unknown(node: Any, values: Mapping[str, Known]) -> Known | _NotKnownError:
    try:
        return _of(node, values)
    except _NotKnownError as unknown:
        return unknown


def _constant(constant: Node, _: Mapping[str, Known]) -> Known:
    match constant:
        case {"isnull": True}:
            return None
        case {"sval": text}:
            return str(text.get("sval", ""))
        case {"ival": number}:
            return Decimal(number.get("ival", 0))
        case {"fval": number}:
            return _number(str(number.get("fval", "0")))
        case {"boolval": flag}:
            return bool(flag.get("boolval"))
        case _:
            raise _NotKnownError


def _cast(body: Node, values: Mapping[str, Known]) -> Known:
    value, names = _of(body["arg"], values), [str(part["String"]["sval"]) for part in body["typeName"]["names"]]
    if value is None:
        return None
    to = family(type_written(names[-1]))
    if "arrayBounds" in body["typeName"] or isinstance(value, bool):
        return _refuse()
    if to == "text" or (names[0] != "pg_catalog" and len(names) > 1):  # the other is an enum
        return value if isinstance(value, str) else _refuse()
    return _number(str(value)) if names[-1] in {"numeric", "int8", "int4", "int2"} else _refuse()


def _refuse() -> Known:
    raise _NotKnownError


def _logic(body: Node, values: Mapping[str, Known]) -> Known:
    return _boolean(body["boolop"], [_of_or_unknown(part, values) for part in body["args"]])


def _null_test(body: Node, values: Mapping[str, Known]) -> Known:
    return (_of(body["arg"], values) is None) == bool(body["nulltesttype"] == "IS_NULL")


def _boolean(word: str, parts: Sequence[Known | _NotKnownError]) -> Known:
    decides = word == "OR_EXPR"
    if word == "NOT_EXPR":
        return None if parts[0] is None else not parts[0] if isinstance(parts[0], bool) else _refuse()
    if decides in [part for part in parts if isinstance(part, bool)]:
        return decides
    if any(isinstance(part, _NotKnownError) for part in parts):
        raise _NotKnownError
    return None if None in parts else not decides


def _operator(expression: Node, values: Mapping[str, Known]) -> Known:
    sign, kind = expression["name"][-1]["String"]["sval"], expression["kind"]
    left = _of(expression["lexpr"], values)
    match kind:
        case "AEXPR_OP":
            return _compare(sign, left, _of(expression["rexpr"], values))
        case "AEXPR_IN":
            found = [_compare("=", left, _of(item, values)) for item in expression["rexpr"]["List"]["items"]]
            return _boolean("OR_EXPR", found) if sign == "=" else _boolean("NOT_EXPR", [_boolean("OR_EXPR", found)])
        case "AEXPR_OP_ANY" | "AEXPR_OP_ALL":
            found = [_compare(sign, left, each) for each in _elements(expression["rexpr"], values)]
            return _boolean("OR_EXPR" if kind == "AEXPR_OP_ANY" else "AND_EXPR", found)
        case "AEXPR_BETWEEN":
            low, high = (_of(item, values) for item in expression["rexpr"]["List"]["items"])
            return _boolean("AND_EXPR", [_compare(">=", left, low), _compare("<=", left, high)])
        case _:
            raise _NotKnownError


def _elements(node: Any, values: Mapping[str, Known]) -> list[Known]:
    match node:
        case {"A_ArrayExpr": {"elements": elements}}:
            return [_of(element, values) for element in elements]
        case {"TypeCast": {"arg": inner}}:
            return _elements(inner, values)
        case _:
            raise _NotKnownError


def _compare(sign: str, left: Known, right: Known) -> Known:
    if left is None or right is None:
        return None
    if type(left) is not type(right):
        raise _NotKnownError
    if sign in {"=", "<>"}:
        return (left == right) == (sign == "=")
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        match sign:
            case "<":
                return left < right
            case "<=":
                return left <= right
            case ">":
                return left > right
            case ">=":
                return left >= right
            case _:
                pass
    raise _NotKnownError  # the order of texts is that of a collation


def _function(body: Node, values: Mapping[str, Known]) -> Known:
    name, arguments = body["funcname"][-1]["String"]["sval"], body.get("args", ())
    value = _of(arguments[0], values) if len(arguments) == 1 else _refuse()
    if value is None:
        return None
    if isinstance(value, str) and name in _LENGTHS:
        return Decimal(len(value))
    if isinstance(value, str) and name in _TEXT_FUNCTIONS and value.isascii():
        return _TEXT_FUNCTIONS[name](value)
    raise _NotKnownError


_BY_KIND: Mapping[str, Callable[[Node, Mapping[str, Known]], Known]] = {
    "ColumnRef": _column,
    "A_Const": _constant,
    "TypeCast": _cast,
    "BoolExpr": _logic,
    "NullTest": _null_test,
    "A_Expr": _operator,
    "FuncCall": _function,
}
