"""JSON as Terraform writes and reads it: exact numbers, sorted keys, `<`, `>` and `&` escaped."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

from coordinator.iac.expressions.numbers import format_number, parse_number
from coordinator.iac.expressions.values import NULL, Unknown, Value, boolean, number, object_value, string, tuple_of

_HTML = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
_CONTROL = {"\\b": "\\u0008", "\\f": "\\u000c"}


def quote(text: str, *, escape_html: bool = True) -> str:
    """Write a string as Go's encoder does."""
    quoted = json.dumps(text, ensure_ascii=False)
    if "\\b" in quoted or "\\f" in quoted:
        quoted = _go_controls(quoted)
    if escape_html:
        for char, escaped in _HTML.items():
            quoted = quoted.replace(char, escaped)
    return quoted


def _go_controls(quoted: str) -> str:
    out: list[str] = []
    i = 0
    while i < len(quoted):
        pair = quoted[i : i + 2]
        if pair[0] == "\\":
            out.append(_CONTROL.get(pair, pair))
            i += 2
        else:
            out.append(pair[0])
            i += 1
    return "".join(out)


def encode(value: Value, *, escape_html: bool = True) -> str:
    """Write a value without blanks.

    Unknown values inside an object are left out, elsewhere they are null: what a plan's JSON shows.
    """
    raw = value.raw
    if raw is None or isinstance(raw, Unknown):
        return "null"
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, str):
        return quote(raw, escape_html=escape_html)
    if isinstance(raw, (int, Fraction)):
        return format_number(raw)
    if isinstance(raw, dict):
        items = (
            f"{quote(key, escape_html=escape_html)}:{encode(item, escape_html=escape_html)}"
            for key, item in raw.items()
            if item.is_known
        )
        return "{" + ",".join(items) + "}"
    return "[" + ",".join(encode(item, escape_html=escape_html) for item in raw) + "]"


def decode(text: str) -> Value:
    """Read JSON into a value.

    Raises:
        ValueError: When it is not JSON, or nested too deeply.
    """
    try:
        return from_plain(json.loads(text, parse_float=_Digits, parse_int=_Digits, parse_constant=_refuse_constant))
    except RecursionError:
        raise ValueError("nested too deeply") from None


class _Digits(str):
    """A number's own digits, so that no float rounds them."""

    __slots__ = ()


def _refuse_constant(constant: str) -> Any:
    raise ValueError(f"{constant} is not JSON")


def from_plain(plain: Any) -> Value:
    """Turn what a JSON or YAML reader gave into a value.

    Raises:
        ValueError: For a number out of range.
    """
    if plain is None:
        return NULL
    if isinstance(plain, bool):
        return boolean(plain)
    if isinstance(plain, (_Digits, int)):
        parsed = parse_number(str(plain))
        if parsed is None:
            raise ValueError("number out of range")
        return number(parsed)
    if isinstance(plain, str):
        return string(plain)
    if isinstance(plain, dict):
        return object_value({str(key): from_plain(item) for key, item in plain.items()})
    if isinstance(plain, (list, tuple)):
        return tuple_of(from_plain(item) for item in plain)
    raise ValueError(f"a {type(plain).__name__} has no Terraform value")
