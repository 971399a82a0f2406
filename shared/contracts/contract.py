"""What a Rust service expects of the database."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Query(msgspec.Struct, frozen=True, order=True, kw_only=True, omit_defaults=True):
    """One SQL statement found in Rust source.

    Args:
        file: Path relative to the service's root.
        line: 1-based line of the macro or call.
        macro: `query!`, `query_as!`, `query_scalar!`, `query`, `query_as`, …
        sql: The statement, Rust escapes resolved.
        result_type: The Rust struct rows are mapped to (`query_as!(User, …)`), or empty.
        arguments: Number of bind arguments given, or -1 when it cannot be seen.
    """

    file: str
    line: int
    macro: str
    sql: str
    result_type: str = ""
    arguments: int = -1


class StructField(msgspec.Struct, frozen=True, order=True, kw_only=True, omit_defaults=True):
    """A field of a row struct: the column it reads and its Rust type as written."""

    name: str
    type: str


class RowStruct(msgspec.Struct, frozen=True, order=True, kw_only=True):
    """A Rust struct that rows are mapped to."""

    name: str
    file: str
    line: int
    fields: tuple[StructField, ...] = ()


class RustEnum(msgspec.Struct, frozen=True, order=True, kw_only=True):
    """A Rust enum mapped to a PostgreSQL enum (`#[derive(sqlx::Type)]`, `#[sqlx(type_name = "…")]`)."""

    name: str
    file: str
    line: int
    type_name: str
    labels: tuple[str, ...] = ()


class Contract(msgspec.Struct, frozen=True, kw_only=True):
    """Everything one service expects. Sorted; `unreadable` names files that did not parse, with line and reason."""

    service: str
    queries: tuple[Query, ...] = ()
    structs: tuple[RowStruct, ...] = ()
    enums: tuple[RustEnum, ...] = ()
    unreadable: tuple[str, ...] = ()


class VerdictStatus(StrEnum):
    """`violated` breaks at run time; `unverified` could not be decided, never a guess."""

    HOLDS = "holds"
    VIOLATED = "violated"
    UNVERIFIED = "unverified"


class Verdict(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one query (or mapping) meets in one shape.

    Args:
        service: The contract's service.
        file: Rust file.
        line: 1-based.
        subject: The SQL of the query, or the name of the struct or enum.
        status: The verdict.
        rule: `contract-query-invalid`, `contract-type-mismatch`, `contract-nullable`, `contract-enum-label`, …
        reason: One sentence, with PostgreSQL's own message where there is one.
        sqlstate: PostgreSQL's code, or empty.
    """

    service: str
    file: str
    line: int
    subject: str
    status: VerdictStatus
    rule: str = ""
    reason: str = ""
    sqlstate: str = ""
