"""Regular expressions: RE2's syntax run by the `regex` engine, with a time limit where RE2 has linear time."""

from __future__ import annotations

import re as _re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import regex

from coordinator.iac.expressions.functions.registry import FunctionError, function
from coordinator.iac.expressions.functions.strings import MAX_TEXT
from coordinator.iac.expressions.types import DYNAMIC, STRING, Type, list_of, object_of
from coordinator.iac.expressions.values import Value, list_value, null_of, object_value, string, tuple_of

MATCH_TIMEOUT_SECONDS = 2.0
"""Seconds one match may take. RE2 cannot backtrack; the engine here can."""

_ATOMS = _re.compile(r"\\[pP]\{[^}]*\}|\\[^1-9g]|\[\^?\]?(?:\[:\^?\w+:\]|\\.|[^\]\\])*\]", _re.DOTALL)
"""Escapes and character classes: what stands in them has no meaning outside them."""

_NOT_RE2 = _re.compile(r"\(\?(?:=|!|<=|<!|>|\||R|\d|&|P>|P=|\()|\\[1-9]|\\g<|[*+?}]\+")


@lru_cache(maxsize=256)
def compile_pattern(pattern: str) -> regex.Pattern[str]:
    """Compile an RE2 pattern; what RE2 refuses (look-around, back references) is refused here.

    Raises:
        FunctionError: For an invalid pattern.
    """
    bare = _ATOMS.sub("a", pattern)
    if _NOT_RE2.search(bare):
        raise FunctionError("invalid regexp pattern: look-around, back references and atomic groups are not supported")
    try:
        # VERSION0 keeps RE2's meaning of character classes: no set operations, no nesting.
        return regex.compile(_translated(pattern), regex.VERSION0)
    except regex.error as error:
        raise FunctionError(f"invalid regexp pattern: {error}") from None


_SHORTHANDS = {"d": "0-9", "w": "0-9A-Za-z_", "s": r"\t\n\f\r "}
_PIECE = _re.compile(
    r"\\Q(?P<quoted>.*?)(?:\\E|\Z)|\\x\{(?P<code>[0-9a-fA-F]{1,6})\}|\\(?P<escaped>.)|\[:\^?\w+:\]|(?P<opens>\[)\^?\]?|\]",
    _re.DOTALL,
)


def _translated(pattern: str) -> str:
    """Spell RE2's ASCII shorthands out, and what else the engine spells differently."""
    out: list[str] = []
    position = 0
    inside = False
    for piece in _PIECE.finditer(pattern):
        out.append(pattern[position : piece.start()])
        position = piece.end()
        if piece["quoted"] is not None:
            out.append(_re.escape(piece["quoted"]))
        elif piece["code"] is not None:
            out.append(f"\\U{piece['code'].rjust(8, '0')}")
        elif piece["escaped"] is not None:
            out.append(_escape(piece["escaped"], inside=inside))
        elif piece["opens"] is not None and inside:
            out.append("\\" + piece.group())
        else:
            out.append(piece.group())
            inside = piece["opens"] is not None or (inside and piece.group() != "]")
    return "".join(out) + pattern[position:]


def _escape(letter: str, *, inside: bool) -> str:
    if letter in _SHORTHANDS:
        return _SHORTHANDS[letter] if inside else f"[{_SHORTHANDS[letter]}]"
    if letter.lower() in _SHORTHANDS and not inside:
        return f"[^{_SHORTHANDS[letter.lower()]}]"
    return "\\Z" if letter == "z" else f"\\{letter}"


def captures(pattern: regex.Pattern[str]) -> Type:
    """The type a match has: a string, a tuple of unnamed groups, or an object of named ones."""
    if pattern.groups == 0:
        return STRING
    if not pattern.groupindex:
        return list_of(STRING)
    if len(pattern.groupindex) != pattern.groups:
        raise FunctionError("invalid regexp pattern: cannot mix both named and unnamed capture groups")
    return object_of(dict.fromkeys(pattern.groupindex, STRING))


def _captured(pattern: regex.Pattern[str], match: regex.Match[str]) -> Value:
    if pattern.groups == 0:
        return string(match.group())
    if pattern.groupindex:
        return object_value({name: _group(match.group(name)) for name in pattern.groupindex})
    return tuple_of(_group(group) for group in match.groups())


def _group(text: str | None) -> Value:
    return null_of(STRING) if text is None else string(text)


@function("regex", STRING, STRING)
def _regex(pattern: Value, text: Value) -> Value:
    compiled = compile_pattern(pattern.raw)
    captures(compiled)
    try:
        match = compiled.search(text.raw, timeout=MATCH_TIMEOUT_SECONDS)
    except TimeoutError:
        raise FunctionError("the pattern takes too long to match") from None
    if match is None:
        raise FunctionError("pattern did not match any part of the given string")
    return _captured(compiled, match)


def _matches(pattern: regex.Pattern[str], text: str) -> Iterator[regex.Match[str]]:
    """Return all matches as Go finds them: an empty one right behind another does not count."""
    end = -1
    for match in pattern.finditer(text, timeout=MATCH_TIMEOUT_SECONDS):
        if match.end() > match.start() or match.start() != end:
            yield match
        end = match.end()


@function("regexall", STRING, STRING)
def _regexall(pattern: Value, text: Value) -> Value:
    compiled = compile_pattern(pattern.raw)
    captures(compiled)
    try:
        found = [_captured(compiled, match) for match in _matches(compiled, text.raw)]
    except TimeoutError:
        raise FunctionError("the pattern takes too long to match") from None
    return list_value(found[0].type if found else DYNAMIC, found)


@function("replace", STRING, STRING, STRING, returns=STRING)
def _replace(text: Value, search: Value, replacement: Value) -> Value:
    wanted = search.raw
    if len(wanted) > 1 and wanted.startswith("/") and wanted.endswith("/"):
        compiled = compile_pattern(wanted[1:-1])
        try:
            return string(_replaced(compiled, text.raw, replacement.raw))
        except TimeoutError:
            raise FunctionError("the pattern takes too long to match") from None
    spans = text.spans if "\n" not in wanted and len(text.spans) <= 1 else ()
    result = text.raw.replace(wanted, replacement.raw)
    if len(result) > MAX_TEXT:
        raise FunctionError("the result is too long")
    return string(result, spans)


def _replaced(pattern: regex.Pattern[str], text: str, template: str) -> str:
    out: list[str] = []
    position = length = 0
    for match in _matches(pattern, text):
        out.extend((text[position : match.start()], _expanded(template, match)))
        length += len(out[-1]) + len(out[-2])
        if length > MAX_TEXT:
            raise FunctionError("the result is too long")
        position = match.end()
    return "".join(out) + text[position:]


_TEMPLATE = _re.compile(r"\$(?:\$|\{(\w+)\}|(\w+))")


def _expanded(template: str, match: regex.Match[str]) -> str:
    """Go's `Expand`: `$1`, `${name}`, `$$`; an unknown group is empty."""

    def one(reference: Any) -> str:
        if reference.group() == "$$":
            return "$"
        name = reference.group(1) or reference.group(2)
        try:
            return match.group(int(name) if name.isdigit() else name) or ""
        except IndexError:
            return ""

    return _TEMPLATE.sub(one, template)
