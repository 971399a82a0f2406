"""Say how a statement that PostgreSQL does not plan is tried on a copy, in a transaction that is rolled back.

`TRUNCATE`, `ALTER`, `REFRESH` and the like say nothing when they are prepared. On a copy without rows they can be run;
what cannot run in a transaction, or moves rows to and from the client, is tried as a statement that is refused for the
same reasons. A `DO` block is not run: its statements are prepared one by one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import Any

import msgspec
import pgparse

from shared.contracts.statement import Node, read_statements
from shared.schema.identity import QualifiedName
from shared.sql import quote_identifier, quote_qualified

PLANNED = frozenset({"SelectStmt", "InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt"})
"""What PostgreSQL plans (libpg_query's names)."""
_ANALYSED = frozenset({"CallStmt", "DeclareCursorStmt", "ExplainStmt"})
_NOTHING_TO_TRY = frozenset({
    "TransactionStmt", "VariableSetStmt", "VariableShowStmt", "ListenStmt", "NotifyStmt", "UnlistenStmt", "DiscardStmt",
    "CheckPointStmt", "PrepareStmt", "ExecuteStmt", "DeallocateStmt", "FetchStmt", "ClosePortalStmt", "LoadStmt",
    "CreatedbStmt", "DropdbStmt", "AlterSystemStmt", "CreateTableSpaceStmt", "DropTableSpaceStmt", "CreateRoleStmt",
    "AlterRoleStmt", "DropRoleStmt", "GrantRoleStmt", "AlterDatabaseStmt", "AlterDatabaseSetStmt",
})  # fmt: skip
_CONCURRENTLY = re.compile(r"\bCONCURRENTLY\b", re.IGNORECASE)
_BEFORE_A_STATEMENT = re.compile(
    r"\s*(?:<<\w+>>\s*|(?:DECLARE|BEGIN|ELSE|LOOP|END\s+IF|END\s+LOOP|END|EXCEPTION)\b\s*"
    r"|(?:IF|ELSIF|WHILE|WHEN)\b.*?\b(?:THEN|LOOP)\b\s*|FOR\b.*?\bIN\b\s*|PERFORM\b)",
    re.IGNORECASE | re.DOTALL,
)
_PERFORM = re.compile(r"\bPERFORM\b", re.IGNORECASE)


class TrialKind(StrEnum):
    """How a trial is made."""

    PREPARE = "prepare"
    EXECUTE = "execute"
    COPY_FROM = "copy_from"
    COPY_TO = "copy_to"


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to try for a statement.

    Args:
        kind: How.
        sql: What is prepared or run.
        table: The table that COPY names.
        conditional: The statement runs only when its block comes to it.
    """

    kind: TrialKind
    sql: str
    table: QualifiedName | None = None
    conditional: bool = False


@lru_cache(maxsize=2048)
def trials_of(text: str) -> tuple[Trial, ...]:
    """Give what to try for one statement, in order; nothing for a statement that no schema can break."""
    parsed = pgparse.parse(text)
    return tuple(
        trial for entry in parsed for kind, body in entry["stmt"].items() for trial in _trials(text, kind, body)
    )


def _trials(text: str, kind: str, body: Node) -> Iterator[Trial]:
    if kind in PLANNED | _ANALYSED:
        yield Trial(kind=TrialKind.PREPARE, sql=text)
    elif kind in _NOTHING_TO_TRY:
        return
    elif kind == "VacuumStmt":
        yield from (Trial(kind=TrialKind.EXECUTE, sql=f"ANALYZE {_analysed(rel)}") for rel in body.get("rels", ()))
    elif kind == "CopyStmt":
        yield from _copy(text, body)
    elif kind == "DoStmt":
        for piece in block_statements(body):
            yield Trial(kind=TrialKind.PREPARE, sql=piece, conditional=True)
    elif kind == "RefreshMatViewStmt" and body.get("concurrent"):
        plain = _CONCURRENTLY.sub("", text, count=1)  # CONCURRENTLY takes a view that has been filled
        yield Trial(kind=TrialKind.EXECUTE, sql=plain)
        yield Trial(kind=TrialKind.EXECUTE, sql=text)
    else:
        concurrent = body.get("concurrent") or kind in {"ReindexStmt", "DropStmt"}
        yield Trial(kind=TrialKind.EXECUTE, sql=_CONCURRENTLY.sub("", text, count=1) if concurrent else text)


def _name(relation: Node) -> QualifiedName:
    return QualifiedName(relation.get("schemaname", ""), relation["relname"])


def _written(name: QualifiedName) -> str:
    return quote_qualified(name) if name.namespace else quote_identifier(name.name)


def _analysed(entry: Node) -> str:
    relation = entry["VacuumRelation"]
    columns = [quote_identifier(column["String"]["sval"]) for column in relation.get("va_cols", ())]
    return _written(_name(relation["relation"])) + (f" ({', '.join(columns)})" if columns else "")


def _copy(text: str, body: Node) -> Iterator[Trial]:
    if "query" in body:
        inner = _in_parentheses(text)
        yield from (Trial(kind=TrialKind.PREPARE, sql=statement.text) for statement in read_statements(inner))
        return
    table = _name(body["relation"])
    columns = [quote_identifier(column["String"]["sval"]) for column in body.get("attlist", ())]
    if body.get("is_from"):
        values = (
            f"({', '.join(columns)}) VALUES ({', '.join(['DEFAULT'] * len(columns))})" if columns else "DEFAULT VALUES"
        )
        yield Trial(kind=TrialKind.COPY_FROM, sql=f"INSERT INTO {_written(table)} {values}", table=table)
    else:
        yield Trial(
            kind=TrialKind.COPY_TO, sql=f"SELECT {', '.join(columns) or '*'} FROM {_written(table)}", table=table
        )


def _in_parentheses(text: str) -> str:
    """Give what stands between the first parenthesis and the one before the last TO."""
    begin = text.find("(")
    end = max((found.start() for found in re.finditer(r"\)\s*TO\b", text, re.IGNORECASE)), default=len(text))
    return text[begin + 1 : end]


def block_statements(body: Node) -> Iterator[str]:
    """Give the SQL statements of a DO block that stand on their own: those the grammar of SQL knows.

    Args:
        body: Of a DoStmt.
    """
    yield from _statements_in(_block(body))


def _block(body: Node) -> str:
    for option in body.get("args", ()):
        element = option.get("DefElem", {})
        if element.get("defname") == "as":
            return str(element.get("arg", {}).get("String", {}).get("sval", ""))
    return ""


def _statements_in(block: str) -> Iterator[str]:
    for piece in _split(block):
        rest = piece
        while rest:
            statements: Sequence[Any] = read_statements(_PERFORM.sub("SELECT", rest, count=1))
            if statements and statements[0].kind in PLANNED:
                yield statements[0].text
                break
            stripped = _BEFORE_A_STATEMENT.sub("", rest, count=1)
            if stripped == rest:
                break
            rest = stripped


def _split(block: str) -> Iterator[str]:
    """Part a block at the semicolons that stand in no literal and no comment."""
    begin = 0
    for found in re.finditer(r"'(?:[^']|'')*'|--[^\n]*|/\*.*?\*/|(;)", block, re.DOTALL):
        if found[1]:
            yield block[begin : found.start()].strip()
            begin = found.end()
