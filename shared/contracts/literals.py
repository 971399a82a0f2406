"""Read Rust literals, and the arguments of calls.

Escapes follow the Rust reference ("String literal expressions", "Raw string literals").
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from shared.contracts.tokens import Token

_ESCAPE = re.compile(r"\\(?:x([0-7][0-9a-fA-F])|u\{([0-9a-fA-F_]+)\}|(\r?\n)\s*|(.))", re.DOTALL)
_ESCAPED_CHARACTERS = {"n": "\n", "r": "\r", "t": "\t", "\\": "\\", "0": "\0", "'": "'", '"': '"'}
_RAW = re.compile(r'r(#*)"(.*)"\1\Z', re.DOTALL)
_INTEGER = re.compile(r"-?[0-9][0-9_]*(?:[iu](?:8|16|32|64|128|size))?\Z")
_PASS_THROUGH_CALLS = frozenset(
    {"sqlx", "AssertSqlSafe", "String", "from", "to_string", "as_str", "into", "to_owned", "as_ref", "clone"}
)


def string_value(token: Token) -> str | None:
    """Give the value of a string literal, or None for byte and C strings."""
    if token.type == "raw_string_literal":
        raw = _RAW.match(token.text)
        return raw[2].replace("\r\n", "\n") if raw else None
    if not token.text.startswith('"'):
        return None
    return _ESCAPE.sub(_unescape, token.text[1:-1].replace("\r\n", "\n"))


def _unescape(match: re.Match[str]) -> str:
    hexadecimal, unicode, newline, simple = match.groups()
    if newline is not None:
        return ""  # a line continuation swallows the indentation that follows
    if hexadecimal is not None:
        return chr(int(hexadecimal, 16))
    if unicode is not None:
        point = int(unicode.replace("_", "") or "0", 16)
        return chr(point) if point <= 0x10FFFF else "\N{REPLACEMENT CHARACTER}"  # noqa: PLR2004  # the last code point
    return _ESCAPED_CHARACTERS.get(simple, simple)


def _strip_pass_through(tokens: Sequence[Token]) -> Sequence[Token]:
    """Remove `&`, parentheses, `.as_str()` and other calls that give the string they are given."""
    while tokens:
        if tokens[0].text == "&":
            tokens = tokens[1:]
        elif tokens[0].text == "(" and tokens[-1].text == ")":
            tokens = tokens[1:-1]
        elif len(tokens) > 4 and [t.text for t in tokens[-2:]] == ["(", ")"] and tokens[-4].text == ".":  # noqa: PLR2004
            if tokens[-3].text not in _PASS_THROUGH_CALLS:
                return tokens
            tokens = tokens[:-4]
        else:
            callee = next((i for i, token in enumerate(tokens) if token.text == "("), 0)
            if (
                callee == 0
                or tokens[-1].text != ")"
                or not all(t.text == "::" or t.text in _PASS_THROUGH_CALLS for t in tokens[:callee])
            ):
                return tokens
            tokens = tokens[callee + 1 : -1]
    return tokens


def split_arguments(tokens: Sequence[Token]) -> list[Sequence[Token]]:
    """Split the inside of brackets at its commas; a trailing comma makes no argument.

    Commas of a turbofish (`foo::<A, B>()`), of a cast (`&x as &Json<HashMap<A, B>>`) and of closure parameters stay
    inside their argument.
    """
    parts: list[Sequence[Token]] = []
    begin = depth = angle = 0
    in_closure = in_cast = False
    for index, token in enumerate(tokens):
        before = tokens[index - 1].text if index > begin else ""
        in_cast = (in_cast and index > begin) or token.text == "as"
        if token.text in {"(", "[", "{"}:
            depth += 1
        elif token.text in {")", "]", "}"}:
            depth -= 1
        elif depth == 0 and token.text == "<" and (before == "::" or angle or in_cast):
            angle += 1
        elif depth == 0 and token.text in {">", ">>"} and angle:
            angle = max(0, angle - len(token.text))
        elif depth == 0 and token.text == "|" and (in_closure or before in {"", "move"}):
            in_closure = not in_closure
        elif token.text == "," and depth == 0 and angle == 0 and not in_closure:
            parts.append(tokens[begin:index])
            begin = index + 1
    parts.append(tokens[begin:])
    return parts if parts[-1] else parts[:-1]


def constant_value(tokens: Sequence[Token]) -> str | None:
    """Give the text of an argument that is a literal (`"paid"`, `5_i64`, `true`), else None."""
    tokens = _strip_pass_through(_without_cast(tokens))
    text = "".join(token.text for token in tokens)
    if len(tokens) == 1 and tokens[0].is_string:
        return string_value(tokens[0])
    if text in {"true", "false"}:
        return text
    if _INTEGER.match(text):
        return re.sub(r"[iu](?:8|16|32|64|128|size)\Z", "", text).replace("_", "")
    return None


def constant_path(tokens: Sequence[Token]) -> tuple[str, str] | None:
    """Give (enum, variant) of an argument such as `Status::Paid as _`, else None."""
    names = [token.text for token in _strip_pass_through(_without_cast(tokens)) if token.text != "&"]
    if len(names) >= 3 and names[-2] == "::" and all(n == "::" or n.isidentifier() for n in names):  # noqa: PLR2004
        return names[-3], names[-1]
    return None


def _without_cast(tokens: Sequence[Token]) -> Sequence[Token]:
    for index, token in enumerate(tokens):
        if token.text == "as":
            return tokens[:index]
    return tokens
