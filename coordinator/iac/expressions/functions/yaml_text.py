"""YAML as Terraform reads and writes it (go-cty-yaml): YAML 1.2 core scalars mostly, merge keys, no custom tags."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

import yaml

from coordinator.iac.expressions.numbers import format_number, parse_number
from coordinator.iac.expressions.values import NULL, Value, boolean, number, object_value, string, tuple_of

MAX_NODES = 200_000
"""Nodes one document may have once its aliases are followed."""

_INTEGER = re.compile(r"[-+]?[0-9]+\Z")
_RADIX = re.compile(r"0([xo])([0-9a-fA-F]+)\Z")
_INFINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)\Z|\.(?:nan|NaN|NAN)\Z")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")
_TRUE = {"true", "True", "TRUE", "y", "Y", "yes", "Yes", "YES", "on", "On", "ON"}
_FALSE = {"false", "False", "FALSE", "n", "N", "no", "No", "NO", "off", "Off", "OFF"}
_NULL = {"", "~", "null", "Null", "NULL"}
_TIMESTAMP = re.compile(
    r"(\d{4})-(\d\d?)-(\d\d?)(?:(?:[Tt](\d\d?):(\d\d?):(\d\d?)(?:\.\d+)?(Z|[-+]\d\d:\d\d))"
    r"|(?: (\d\d?):(\d\d?):(\d\d?)(?:\.\d+)?))?\Z"
)


def decode(text: str) -> Value:
    """Read one YAML document into a value.

    Raises:
        ValueError: When it is not YAML, uses what is not supported, or is a bomb.
    """
    try:
        documents = list(yaml.compose_all(text, Loader=yaml.SafeLoader))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"on line {mark.line + 1}, column {mark.column + 1}: " if mark is not None else ""
        raise ValueError(f"{where}{getattr(error, 'problem', None) or 'not YAML'}") from None
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if not documents or documents[0] is None:
        raise ValueError("missing start of document")
    if len(documents) > 1:
        raise ValueError("only one document is allowed")
    return _ValueBuilder().value(documents[0])


class _ValueBuilder:
    """Turns nodes into values, counting them, so that aliases cannot multiply without end."""

    def __init__(self) -> None:
        self._nodes = 0
        self._open: set[int] = set()

    def value(self, node: Any) -> Value:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise ValueError("too many nodes after following aliases")
        if id(node) in self._open:
            raise ValueError("an alias refers to what contains it")
        self._open.add(id(node))
        try:
            if isinstance(node, yaml.ScalarNode):
                return _scalar(node)
            if isinstance(node, yaml.SequenceNode):
                return tuple_of([self.value(item) for item in node.value])
            return self._mapping(node)
        finally:
            self._open.discard(id(node))

    def _mapping(self, node: Any) -> Value:
        found: dict[str, Value] = {}
        for key_node, value_node in node.value:
            if getattr(key_node, "value", None) == "<<" and key_node.style is None:
                # In the order of the text: what stands before a merge is overwritten by it.
                found.update(self._merged(value_node))
            else:
                found[self._key(key_node)] = self.value(value_node)
        return object_value(found)

    def _merged(self, node: Any) -> dict[str, Value]:
        found = self.value(node)
        if not isinstance(found.raw, dict):
            raise ValueError("only a mapping can be merged")  # noqa: TRY004  # it is the document that is wrong
        inner: dict[str, Value] = found.raw
        return inner

    def _key(self, node: Any) -> str:
        key = self.value(node)
        if isinstance(key.raw, bool):
            return "true" if key.raw else "false"
        if isinstance(key.raw, str):
            return key.raw
        if isinstance(key.raw, (int, Fraction)):
            return format_number(key.raw)
        raise ValueError("only a string, number or bool can be a mapping key")


def _scalar(node: Any) -> Value:
    text: str = node.value
    explicit = _explicit_tag(node)
    if explicit == "tag:yaml.org,2002:str" or node.style is not None:
        return string(text)
    if explicit == "tag:yaml.org,2002:binary":
        return string("".join(text.split()))
    if explicit is not None and not explicit.startswith("tag:yaml.org,2002:"):
        raise ValueError(f"unsupported tag {explicit!r}")
    return _plain(text)


def _explicit_tag(node: Any) -> str | None:
    # A composed node always has a tag; the implicit resolver of SafeLoader gives one of these for a plain scalar.
    resolver: Any = yaml.SafeLoader("")
    implied = resolver.resolve(yaml.ScalarNode, node.value, (node.style is None, node.style is not None))
    return None if node.tag == implied else str(node.tag)


def _plain(text: str) -> Value:  # noqa: PLR0911  # one return for each case
    if text in _NULL:
        return NULL
    if text in _TRUE or text in _FALSE:
        return boolean(text in _TRUE)
    moment = _TIMESTAMP.match(text)
    if moment is not None:
        return string(_rfc3339(moment))
    if _INFINITE.match(text):
        raise ValueError(f"{text} is not a finite number")
    radix = _RADIX.match(text)
    if radix is not None:
        try:
            return number(int(radix.group(2), 16 if radix.group(1) == "x" else 8))
        except ValueError:
            return string(text)
    if _INTEGER.match(text):
        return number(int(text))
    if _FLOAT.match(text) and any(char.isdigit() for char in text):
        parsed = parse_number(_with_digits(text))
        if parsed is not None:
            return number(parsed)
    return string(text)


def _rfc3339(moment: re.Match[str]) -> str:
    """Spell a YAML timestamp as Terraform does: whole seconds, UTC where no zone is said."""
    year, month, day, *rest = moment.groups()
    hour, minute, second = (part or "0" for part in (rest[:3] if rest[0] else rest[4:]))
    numbers = [part.rjust(2, "0") for part in (month, day, hour, minute, second)]
    return f"{year}-{numbers[0]}-{numbers[1]}T{numbers[2]}:{numbers[3]}:{numbers[4]}{rest[3] or 'Z'}"


def _with_digits(text: str) -> str:
    whole, point, rest = text.partition(".")
    sign = whole[:1] if whole[:1] in {"+", "-"} else ""
    whole = whole.removeprefix(sign) or "0"
    if point and not rest[:1].isdigit():
        return f"{sign}{whole}{rest}"
    return f"{sign}{whole}{point}{rest}"


def encode(value: Value) -> str:
    """Write a value as `yamlencode` does: block style, every string quoted, multi-line strings as literal blocks."""
    text = "\n".join(_lines(value, 0))
    scalar = not isinstance(value.raw, (str, tuple, dict))
    return f"{text}\n...\n" if scalar else f"{text}\n"


def _lines(value: Value, indent: int, outer: int | None = None) -> list[str]:
    """Write a value at an indentation; `outer` is that of what holds it, where it is not the same."""
    pad = " " * indent
    raw = value.raw
    if isinstance(raw, dict) and raw:
        out: list[str] = []
        for key, item in raw.items():
            out.extend(_entry(f"{pad}{_quoted(key)}:", item, indent))
        return out
    if isinstance(raw, tuple) and raw:
        out = []
        for item in raw:
            first, *rest = _lines(item, indent + 2, indent)
            out.extend([f"{pad}- {first.lstrip(' ')}", *rest])
        return out
    first, *rest = _scalar_lines(value, indent if outer is None else outer, indent)
    return [pad + first, *rest]


def _entry(prefix: str, item: Value, indent: int) -> list[str]:
    if isinstance(item.raw, dict) and item.raw:
        return [prefix, *_lines(item, indent + 2)]
    if isinstance(item.raw, tuple) and item.raw:
        # Sequences inside a mapping are not indented.
        return [prefix, *_lines(item, indent)]
    first, *rest = _scalar_lines(item, indent, len(prefix) + 1)
    return [f"{prefix} {first}", *rest]


def _scalar_lines(value: Value, indent: int, column: int) -> list[str]:
    """Write a scalar that begins in a column; lines after its first are indented deeper than `indent`."""
    raw = value.raw
    if raw is None:
        return ["null"]
    if isinstance(raw, bool):
        return ["true" if raw else "false"]
    if isinstance(raw, str):
        return _block(raw, indent) if _may_be_block(raw) else _folded(raw, indent, column)
    if isinstance(raw, (int, Fraction)):
        return [format_number(raw)]
    return ["{}" if isinstance(raw, dict) else "[]"]


def _may_be_block(text: str) -> bool:
    """Return whether libyaml writes a text as a literal block: several lines, and nothing that a block would lose."""
    return "\n" in text and " \n" not in text and all(char == "\n" or char.isprintable() for char in text)


def _block(text: str, indent: int) -> list[str]:
    body = text.removesuffix("\n")
    chomping = "+" if text.endswith("\n\n") or text == "\n" else "" if text.endswith("\n") else "-"
    pad = " " * (indent + 2)
    hint = "2" if text[:1] in {" ", "\n"} else ""
    return [f"|{hint}{chomping}", *((pad + line) if line else "" for line in body.split("\n"))]


_WIDTH = 80
"""The column from which libyaml breaks a quoted text at its next space."""


def _folded(text: str, indent: int, column: int) -> list[str]:
    """A double-quoted scalar, broken as libyaml breaks it."""
    lines: list[str] = []
    line = '"'
    column += 1
    after_space = False
    for i, char in enumerate(text):
        if char == " " and not after_space and column > _WIDTH and 0 < i < len(text) - 1:
            lines.append(line)
            line = " " * (indent + 2) + ("\\" if text[i + 1] == " " else "")
            column = len(line)
        else:
            piece = _ESCAPES.get(char) or _printable(char)
            line += piece
            column += len(piece)
        after_space = char == " "
    return [*lines, line + '"']


_ESCAPES = {
    "\0": "\\0",
    "\a": "\\a",
    "\b": "\\b",
    "\t": "\\t",
    "\n": "\\n",
    "\v": "\\v",
    "\f": "\\f",
    "\r": "\\r",
    "\x1b": "\\e",
    '"': '\\"',
    "\\": "\\\\",
    "\x85": "\\N",
    "\xa0": "\\_",
    "\u2028": "\\L",
    "\u2029": "\\P",
}


def _quoted(text: str) -> str:
    """A double-quoted scalar with libyaml's escapes."""
    return '"' + "".join(_ESCAPES.get(char) or _printable(char) for char in text) + '"'


def _printable(char: str) -> str:
    code = ord(char)
    if char.isprintable():
        return char
    if code <= 0xFF:  # noqa: PLR2004  # libyaml's three widths
        return f"\\x{code:02X}"
    return f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"  # noqa: PLR2004  # libyaml's three widths
