"""Quote identifiers and literals for SQL. The only place that does: names are data until they pass through here."""

from __future__ import annotations

import re
from unicodedata import category

from shared.schema.identity import QualifiedName

_PLAIN = re.compile(r"[a-z_][a-z0-9_$]*\Z")


def quote_identifier(name: str) -> str:
    """Quote an identifier, always, so that no keyword list can be wrong.

    Raises:
        ValueError: For NUL, which PostgreSQL can neither store nor receive.
    """
    if "\0" in name:
        raise ValueError("an identifier cannot contain NUL")
    return '"' + name.replace('"', '""') + '"'


def quote_literal(text: str) -> str:
    """Quote a string literal; E'' syntax when it holds a backslash, whatever standard_conforming_strings says.

    Raises:
        ValueError: For NUL.
    """
    if "\0" in text:
        raise ValueError("a literal cannot contain NUL")
    doubled = text.replace("'", "''")
    return "E'" + doubled.replace("\\", "\\\\") + "'" if "\\" in text else f"'{doubled}'"


def quote_nullable(text: str | None) -> str:
    """Quote a string literal; NULL for None."""
    return "NULL" if text is None else quote_literal(text)


def quote_element(text: str) -> str:
    """Quote a value within the text form of an array or a row, as their input functions read it."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def within_literal(text: str, *, escaped: bool) -> str:
    """Escape text that is put into an existing literal; `escaped` when that literal begins with E."""
    doubled = text.replace("'", "''")
    return doubled.replace("\\", "\\\\") if escaped else doubled


def dollar_quote(text: str) -> str:
    """Quote a literal between dollar signs: a tenant's namespace is put in for its placeholder there too."""
    tag = "$n$"
    while tag in f"{text}$":
        tag = f"{tag[:-1]}_$"
    return f"{tag}{text}{tag}"


def quote_qualified(name: QualifiedName) -> str:
    """Quote `namespace.name`, or `name` alone where there is no namespace."""
    bare = quote_identifier(name.name)
    return f"{quote_identifier(name.namespace)}.{bare}" if name.namespace else bare


_QUOTED = re.compile(
    r"""--[^\n]*|/\*.*?\*/|(?P<tag>\$\w*\$).*?(?P=tag)|(?P<escaped>[eE]'(?:[^'\\]|\\.|'')*')"""
    r"""|[bBxXnN]'[^']*'|(?P<literal>'(?:[^']|'')*')|(?P<name>"(?:[^"]|"")*")""",
    re.DOTALL,
)
_UNSEEN = frozenset({"Cc", "Cf", "Zl", "Zp"})
"""Unicode's categories of control characters, of formats such as the direction of text, and of separators."""


def without_unseen_characters(sql: str) -> str:
    r"""Write names and literals of a statement so that no character of them is invisible or ends a line.

    The statement means the same: `U&"a\000Db"` is the name with a carriage return. Lines of literals stay lines.
    """
    return _QUOTED.sub(_seen, sql)


def _seen(found: re.Match[str]) -> str:
    text = found.group()
    kept = "" if found["name"] is not None else "\n\t"
    if not any(category(char) in _UNSEEN and char not in kept for char in text):
        return text
    if found["escaped"] is not None:
        return "".join(
            f"\\U{ord(char):08X}" if category(char) in _UNSEEN and char not in kept else char for char in text
        )
    if found["name"] is None and found["literal"] is None:
        return text
    return "U&" + "".join(_unicode_escape(char, kept) for char in text)


def _unicode_escape(char: str, kept: str) -> str:
    if char == "\\":
        return "\\\\"
    if category(char) not in _UNSEEN or char in kept:
        return char
    return f"\\{ord(char):04X}" if ord(char) < 0x10000 else f"\\+{ord(char):06X}"  # noqa: PLR2004  # of two bytes


def is_plain(name: str) -> bool:
    """Say whether an identifier could be written unquoted (keywords aside): used for display only."""
    return _PLAIN.match(name) is not None
