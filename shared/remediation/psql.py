"""Write SQL and comments so that psql passes them on as they are (psql, "SQL Interpolation")."""

from __future__ import annotations

import re

_TOKEN = re.compile(
    r"""
      '(?:[^']|'')*'                      # a literal; E'' needs care for its backslashes, see below
    | "(?:[^"]|"")*"                      # an identifier
    | \$(?P<tag>[A-Za-z_\x80-\U0010ffff][A-Za-z0-9_\x80-\U0010ffff]*)?\$.*?\$(?(tag)(?P=tag))\$
    | ::
    | :=
    | :(?=['"A-Za-z_0-9{\x80-\U0010ffff]) # what psql takes for a variable
    | .
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPED = re.compile(r"E'(?:[^'\\]|''|\\.)*'", re.DOTALL)


def shield(sql: str) -> str:
    """Put a blank after each colon that psql would take for the start of a variable; quoted text stays as it is."""
    parts: list[str] = []
    position = 0
    while position < len(sql):
        escaped = _ESCAPED.match(sql, position) if _may_escape(sql, position) else None
        found = escaped or _TOKEN.match(sql, position)
        assert found is not None, "the last alternative matches any character"
        text = found.group()
        parts.append(": " if text == ":" else text)
        position = found.end()
    return "".join(parts)


def _may_escape(sql: str, position: int) -> bool:
    before = sql[position - 1] if position else " "
    return sql[position] == "E" and not (before.isalnum() or before in '_$"')


def comment(text: str) -> str:
    """Write text as comment lines; a line break in it starts another comment line."""
    lines = text.replace("\r", " ").replace("\0", " ").splitlines() or [""]
    return "\n".join(f"-- {line}".rstrip() for line in lines)
