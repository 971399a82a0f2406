"""What a SQL statement is about, read from PostgreSQL's own parser (libpg_query): roles, owners.

Nothing here decides what the schema is, PostgreSQL does; this names which roles a statement needs to exist, and which
statements an unprivileged role cannot run itself. What a statement makes is said in `shared.kinds.declared`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pgparse


class SqlError(Exception):
    """PostgreSQL's grammar does not know this. `position` counts characters from 0."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.position = position


class ParsedStatement(msgspec.Struct, frozen=True):
    """One statement: its text, the name of its parse node (`CreateStmt`), and the node."""

    sql: str
    node: str
    tree: dict[str, Any]


def parse_statements(sql: str) -> tuple[ParsedStatement, ...]:
    """Split and parse; comments and blank statements vanish.

    Raises:
        SqlError: When the grammar refuses it.
    """
    try:
        raw = pgparse.parse(sql)
    except pgparse.PGQueryError as error:
        raise SqlError(str(error.args[0]) if error.args else "syntax error", _position(error)) from None
    encoded = sql.encode()
    return tuple(_statement(entry, encoded) for entry in raw)


def _position(error: Any) -> int:
    position = getattr(error, "position", 0)
    return max(int(position) - 1, 0) if isinstance(position, int) else 0


def _statement(entry: dict[str, Any], encoded: bytes) -> ParsedStatement:
    start = entry.get("stmt_location", 0)
    length = entry.get("stmt_len", 0) or len(encoded) - start
    [(node, tree)] = entry["stmt"].items()
    return ParsedStatement(encoded[start : start + length].decode().strip(), node, tree)


def roles_named(tree: Any) -> Iterator[str]:
    """Give every role that a statement names: grantees, owners, policies, default privileges, `SET ROLE`."""
    match tree:
        case {"roletype": "ROLESPEC_CSTRING", "rolename": str(name)}:
            yield name
        case dict():
            for value in tree.values():
                yield from roles_named(value)
        case list():
            for value in tree:
                yield from roles_named(value)


def new_owner(statement: ParsedStatement) -> str:
    """Give the role that a statement makes the owner of something; empty when it is about something else."""
    match statement.tree:
        case {"newowner": {"roletype": "ROLESPEC_CSTRING", "rolename": str(name)}} if (
            statement.node == "AlterOwnerStmt"
        ):
            return name
        case {"cmds": [{"AlterTableCmd": {"subtype": "AT_ChangeOwner", "newowner": {"rolename": str(name)}}}]}:
            return name
    return ""
