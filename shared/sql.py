"""Quote identifiers and literals for SQL. The only place that does: names are data until they pass through here."""

from __future__ import annotations

import re

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


def is_plain(name: str) -> bool:
    """Say whether an identifier could be written unquoted (keywords aside): used for display only."""
    return _PLAIN.match(name) is not None
