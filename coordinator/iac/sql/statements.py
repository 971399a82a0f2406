"""Splits SQL text into declarations: one per statement, each with the file and line on which it begins.

PostgreSQL's own grammar (libpg_query) does it, so quotes, dollar quotes and SQL bodies are understood.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import msgspec
import pgparse

from coordinator.iac.source import SourceError
from coordinator.iac.sql.newer_syntax import POSTGRES_18_WORDS, UnclosedQuoteError, statement_spans
from shared.schema.schema import Declaration, Origin

_SPACE_OR_LINE_COMMENT = re.compile(r"\s+|--[^\n]*(?:\n|\Z)")
_IGNORED_PSQL_COMMANDS = re.compile(
    r"\\(?:restrict|unrestrict|echo|qecho|warn|timing|pset|encoding|set\s+ON_ERROR_STOP)\b"
)
"""psql commands that change neither the SQL behind them nor the schema; every other one is an error."""

_COPY = re.compile(r"^[ \t]*COPY\b[^;\n]*\bFROM\s+STDIN\b[^;\n]*;[ \t]*\r?\n", re.IGNORECASE | re.MULTILINE)
"""A COPY behind which its rows stand, as pg_dump writes it: on one line."""

_END_OF_ROWS = re.compile(r"^\\\.[ \t]*\r?$", re.MULTILINE)

MAX_STATEMENTS = 100_000
"""Statements one text may hold."""

MAX_PSQL_COMMANDS = 1000
"""Ignored psql commands one text may hold: the text is parsed again after each."""


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """One statement of a text.

    Args:
        sql: From its first word, without leading comments or the semicolon.
        start: Character offset of its first word.
        end: Character offset behind it, the semicolon included when there is one.
        node: Name of its parse node, `CreateStmt`; empty when the grammar is older than the statement.
        tree: The node, or nothing.
    """

    sql: str
    start: int
    end: int
    node: str
    tree: dict[str, Any]


Locate = Callable[[int], Origin]
"""A function from a character offset to the file and line it stands in."""


def in_file(text: str, file: str, *, first_line: int = 1) -> Locate:
    """Return the `Locate` of a text that is a whole file, or the part of one that begins on a line."""
    return lambda offset: Origin(file, text.count("\n", 0, offset) + first_line)


def split_statements(text: str, locate: Locate) -> tuple[Statement, ...]:
    """Split a text into statements.

    Args:
        text: SQL as psql would read it.
        locate: Names the place of an offset, for the message when the text is refused.

    Raises:
        SourceError: For what PostgreSQL's grammar refuses, and for psql commands.
    """
    text = text.replace("\ufeff", " ", 1) if text.startswith("\ufeff") else text
    for _ in range(MAX_PSQL_COMMANDS + 1):
        try:
            parsed = pgparse.parse(text)
        except pgparse.PGQueryError as error:
            without_rows = _blank_copied_rows(text)
            if without_rows != text:
                text = without_rows
                continue
            if POSTGRES_18_WORDS.search(text):
                return _statements_of_newer_syntax(text, locate, error)
            text = _blank_psql_command(text, error, locate)
            continue
        except ValueError as error:  # NUL
            raise _refused(locate, 0, f"not SQL text: {error}") from None
        if len(parsed) > MAX_STATEMENTS:
            raise _refused(locate, 0, f"more than {MAX_STATEMENTS} statements in one text")
        return _statements(text, parsed)
    raise _refused(locate, 0, f"more than {MAX_PSQL_COMMANDS} psql commands in one text")


def _blank_copied_rows(text: str) -> str:
    """Replace the rows of every COPY by blanks; every line keeps its number."""
    parts: list[str] = []
    position = 0
    while (copy := _COPY.search(text, position)) and (end := _END_OF_ROWS.search(text, copy.end())):
        parts += [text[position : copy.end()], re.sub(r"[^\n]", " ", text[copy.end() : end.end()])]
        position = end.end()
    return "".join([*parts, text[position:]])


def _statements_of_newer_syntax(text: str, locate: Locate, error: Any) -> tuple[Statement, ...]:
    """Split a text that the grammar refused by its tokens; the scratch server judges statements with newer syntax."""
    try:
        spans = statement_spans(text)
    except UnclosedQuoteError:
        spans = ()
    if len(spans) < 2:  # noqa: PLR2004  # one statement: it is the newer one, or nothing can be made of the text
        if not spans or text.lstrip().startswith("\\"):
            _blank_psql_command(text, error, locate)
            raise _refused(locate, 0, "expected SQL in which every quote and comment is closed; found one that is not")
        ((start, end),) = spans
        sql = text[start:end].rstrip()
        return (Statement(sql=sql, start=start, end=min(end + 1, len(text)), node="", tree={}),)
    found: list[Statement] = []
    for start, end in spans:
        inner = split_statements(text[start:end], lambda offset, start=start: locate(start + offset))  # type: ignore[misc]  # a default binds the loop's value
        found += [
            msgspec.structs.replace(each, start=each.start + start, end=min(each.end + start + 1, len(text)))
            for each in inner
        ]
    return tuple(found)


def _refused(locate: Locate, offset: int, message: str) -> SourceError:
    at = locate(offset)
    return SourceError(at.file, at.line, message)


def _blank_psql_command(text: str, error: Any, locate: Locate) -> str:
    """Replace the psql command at which the parser stopped by blanks.

    Raises:
        SourceError: When it is no psql command, or one that cannot be ignored.
    """
    position = max(0, min(int(getattr(error, "position", 1) or 1) - 1, len(text)))
    begin = text.rfind("\n", 0, position) + 1
    line = text[begin : text.find("\n", begin) if "\n" in text[begin:] else len(text)]
    command = line.lstrip()
    if command.startswith("\\"):
        if _IGNORED_PSQL_COMMANDS.match(command):
            return text[:begin] + " " * len(line) + text[begin + len(line) :]
        word = command.split()[0]
        raise _refused(locate, begin, f"{word} is a psql command, not SQL; a declaration cannot contain it")
    raise _refused(locate, position, f"SQL {getattr(error, 'message', 'syntax error')}")


def _statements(text: str, parsed: list[dict[str, Any]]) -> tuple[Statement, ...]:
    offsets = None if text.isascii() else _character_offsets(text)
    found: list[Statement] = []
    for entry in parsed:
        start = entry.get("stmt_location", 0)
        length = entry.get("stmt_len", 0)
        end = start + length if length else -1
        if offsets is not None:
            start, end = offsets[start], offsets[end] if end >= 0 else -1
        end = len(text) if end < 0 else end
        start = skip_comments(text, start)
        [(node, tree)] = entry["stmt"].items()
        sql = text[start:end].rstrip()
        closed = end + 1 if text[end : end + 1] == ";" else start + len(sql)
        found.append(Statement(sql=sql, start=start, end=closed, node=node, tree=tree))
    return tuple(found)


def _character_offsets(text: str) -> list[int]:
    """Map byte offsets of the UTF-8 text to character offsets: libpg_query counts bytes."""
    offsets: list[int] = []
    for i, char in enumerate(text):
        offsets.extend([i] * len(char.encode("utf-8", "surrogatepass")))
    offsets.append(len(text))
    return offsets


def skip_comments(text: str, position: int) -> int:
    """Return the offset of the first character that is neither white space nor comment."""
    while True:
        found = _SPACE_OR_LINE_COMMENT.match(text, position)
        if found is not None:
            position = found.end()
        elif text.startswith("/*", position):
            position = _comment_end(text, position)
        else:
            return position


def _comment_end(text: str, position: int) -> int:
    """Return the end of a block comment; in PostgreSQL they nest."""
    depth = 0
    for mark in re.compile(r"/\*|\*/").finditer(text, position):
        depth += 1 if mark.group() == "/*" else -1
        if depth == 0:
            return mark.end()
    return len(text)


_DECLARES_NOTHING = frozenset(
    {"TransactionStmt", "CheckPointStmt", "VacuumStmt", "ListenStmt", "NotifyStmt", "CopyStmt"}
)
"""Parse nodes of statements that declare nothing, such as BEGIN: the scratch server runs a transaction of its own; the
rows of a COPY are no part of a schema."""

_ABOUT_THE_SERVER = {
    "CreatedbStmt": "CREATE DATABASE",
    "AlterDatabaseStmt": "ALTER DATABASE",
    "DropdbStmt": "DROP DATABASE",
    "CreateTableSpaceStmt": "CREATE TABLESPACE",
}
"""Parse nodes of statements about the server, not about a tenant's schema: left out and listed as unchecked."""


def declarations(text: str, locate: Locate, unchecked: list[str]) -> tuple[Declaration, ...]:
    """Return the declarations of a SQL text.

    Args:
        text: The SQL.
        locate: Names the place of an offset.
        unchecked: Gets a sentence for each statement that is left out because it is not about a tenant's schema.

    Raises:
        SourceError: See `split_statements`.
    """
    found: list[Declaration] = []
    for statement in split_statements(text, locate):
        at = locate(statement.start)
        if about := _about_the_server(statement):
            unchecked.append(f"{at}: {about} is not about a tenant's schema and was left out")
        elif statement.node not in _DECLARES_NOTHING:
            found.append(Declaration(statement.sql, at))
    return tuple(found)


def _about_the_server(statement: Statement) -> str:
    """Name a statement that is about the server, not about a tenant's schema; empty for any other."""
    if statement.node == "GrantStmt" and statement.tree.get("objtype") == "OBJECT_DATABASE":
        return "GRANT ON DATABASE" if statement.tree.get("is_grant") else "REVOKE ON DATABASE"
    return _ABOUT_THE_SERVER.get(statement.node, "")
