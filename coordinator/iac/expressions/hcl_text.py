"""Writes values as expressions of HCL, laid out as Terraform's own writer does (hclwrite: generate.go, format.go)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

import msgspec

from coordinator.iac.expressions.numbers import format_number
from coordinator.iac.expressions.scanner import IDENTIFIER
from coordinator.iac.expressions.values import Value

_ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t", '"': '\\"', "\\": "\\\\"}
_LAST_OF_FOUR_DIGITS = 0xFFFF
"""The last character that is written with four hexadecimal digits."""


class _Line(msgspec.Struct):
    """One line: what it sets, what stands behind the equals sign (or all of it), and how many brackets it opens."""

    key: str = ""
    text: str = ""
    opened: int = 0


def expression_text(value: Value) -> str:
    """Write a wholly known value as an expression."""
    lines = [_Line()]
    _write(value, lines)
    return "\n".join(_laid_out(lines)).strip()


def attributes_text(values: Mapping[str, Value]) -> str:
    """Write values as a file of lines `name = value`.

    Args:
        values: Wholly known, by identifiers.
    """
    lines: list[_Line] = []
    for name in sorted(values):
        lines.append(_Line(key=name))
        _write(values[name], lines)
    return "".join(f"{line}\n" for line in _laid_out(lines))


def _write(value: Value, lines: list[_Line]) -> None:
    """Write a value behind what the last line holds."""
    match value.raw:
        case tuple():
            _bracket(lines, "[", 1)
            for i, item in enumerate(value.raw):
                lines[-1].text += ", " if i else ""
                _write(item, lines)
            _bracket(lines, "]", -1)
        case dict():
            _bracket(lines, "{", 1)
            for key in sorted(value.raw):
                lines.append(_Line(key=key if IDENTIFIER.fullmatch(key) else _quoted(key)))
                _write(value.raw[key], lines)
            if value.raw:
                lines.append(_Line())
            _bracket(lines, "}", -1)
        case _:
            lines[-1].text += _plain(value)


def _bracket(lines: list[_Line], bracket: str, opened: int) -> None:
    lines[-1].text += bracket
    lines[-1].opened += opened


def _plain(value: Value) -> str:
    match value.raw:
        case bool():
            return "true" if value.raw else "false"
        case str():
            return _quoted(value.raw)
        case int() | Fraction():
            return format_number(value.raw)
        case _:
            return "null"


def _quoted(text: str) -> str:
    return '"' + "".join(_escaped(char, text[i + 1 : i + 2]) for i, char in enumerate(text)) + '"'


def _escaped(char: str, following: str) -> str:
    if char in _ESCAPES:
        return _ESCAPES[char]
    if char in "$%" and following == "{":
        return char + char
    if char.isprintable():
        return char
    return f"\\u{ord(char):04x}" if ord(char) <= _LAST_OF_FOUR_DIGITS else f"\\U{ord(char):08x}"


def _laid_out(lines: Iterable[_Line]) -> list[str]:
    """Indent lines, and put the equals signs of neighbours that are whole on their line below each other."""
    shown: list[str] = []
    chain: list[_Line] = []
    indents: list[int] = []

    def close() -> None:
        width = max((len(line.key) for line in chain), default=0)
        shown.extend(f"{'  ' * len(indents)}{line.key.ljust(width)} = {line.text}" for line in chain)
        chain.clear()

    for line in lines:
        if line.key and line.opened == 0:
            chain.append(line)
            continue
        close()
        if line.opened < 0:
            _dedent(indents, -line.opened)
        text = f"{line.key} = {line.text}" if line.key else line.text
        shown.append("  " * len(indents) + text)
        if line.opened > 0:
            indents.append(line.opened)
    close()
    return shown


def _dedent(indents: list[int], closed: int) -> None:
    """Take back indents: one for each line that opened brackets, once all of its brackets are closed."""
    while closed > 0 and indents:
        if closed < indents[-1]:
            indents[-1] -= closed
            return
        closed -= indents.pop()
