"""The contract of a Rust service: what it expects of the database; and the verdicts on it."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Constant(msgspec.Struct, frozen=True, order=True):
    """A bind argument whose value stands in the source (`.bind("paid")`, `Status::Paid as _`).

    Args:
        position: 1-based: the n of `$n`.
        value: As text, the way PostgreSQL reads it.
    """

    position: int
    value: str


class Query(msgspec.Struct, frozen=True, order=True, kw_only=True, omit_defaults=True):
    """One SQL statement found in Rust source.

    Args:
        file: Path relative to the service's root.
        line: 1-based line of the macro or call.
        macro: `query!`, `query_as!`, `query_scalar!`, `query`, `query_as`, …
        sql: The statement, Rust escapes resolved.
        result_type: The Rust type rows are mapped to (`query_as!(User, …)`), or empty.
        arguments: Number of bind arguments given, or -1 when it cannot be seen.
        fetch: The method that runs it (`fetch_one`, `fetch_optional`, `execute`, …), or empty when it is not in sight.
        constants: Bind arguments whose value is known, sorted.
    """

    file: str
    line: int
    macro: str
    sql: str
    result_type: str = ""
    arguments: int = -1
    fetch: str = ""
    constants: tuple[Constant, ...] = ()

    @property
    def compiled(self) -> bool:
        """Whether a macro fixed the types at compile time, against the declared schema."""
        return self.macro.endswith("!")


class OpaqueQuery(msgspec.Struct, frozen=True, order=True, kw_only=True):
    """A query whose SQL cannot be read from the source.

    Args:
        file: Path relative to the service's root.
        line: 1-based.
        macro: As for `Query`.
        reason: Why, as the end of a sentence: `the SQL is built by format! at run time`.
    """

    file: str
    line: int
    macro: str
    reason: str


class StructField(msgspec.Struct, frozen=True, order=True, kw_only=True, omit_defaults=True):
    """A field of a row struct: the column it reads and its Rust type.

    Args:
        name: The column (renames applied); for a tuple struct, the position from 0.
        type: The Rust type that is decoded, as written (`try_from` and `json` applied).
        optional: True when a missing column is no error (`#[sqlx(default)]`).
        flatten: True when `type` is another row struct whose fields stand here.
    """

    name: str
    type: str
    optional: bool = False
    flatten: bool = False


class RowStruct(msgspec.Struct, frozen=True, order=True, kw_only=True, omit_defaults=True):
    """A Rust struct that rows are mapped to (`#[derive(FromRow)]`).

    Args:
        positional: True for a tuple struct, which reads columns by position.
    """

    name: str
    file: str
    line: int
    fields: tuple[StructField, ...] = ()
    positional: bool = False


class RustEnum(msgspec.Struct, frozen=True, order=True, kw_only=True):
    """A Rust enum mapped to a PostgreSQL enum (`#[derive(sqlx::Type)]`, `#[sqlx(type_name = "…")]`)."""

    name: str
    file: str
    line: int
    type_name: str
    labels: tuple[str, ...] = ()


class TypeAlias(msgspec.Struct, frozen=True, order=True, kw_only=True):
    """Another name for a type: `type Id = i64`, or a `#[sqlx(transparent)]` newtype."""

    name: str
    file: str
    type: str


class Contract(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Everything one service expects. Sorted.

    Args:
        service: Its name.
        queries: Statements that could be read.
        structs: Row structs.
        enums: Enums mapped to PostgreSQL types.
        aliases: Other names of types.
        own_types: Names of all structs, enums and aliases the service defines: they are not what sqlx maps.
        opaque: Queries whose SQL is not in the source.
        unreadable: `file:line: reason` of what did not parse.
        files: How many Rust files were read.
    """

    service: str
    queries: tuple[Query, ...] = ()
    structs: tuple[RowStruct, ...] = ()
    enums: tuple[RustEnum, ...] = ()
    aliases: tuple[TypeAlias, ...] = ()
    own_types: tuple[str, ...] = ()
    opaque: tuple[OpaqueQuery, ...] = ()
    unreadable: tuple[str, ...] = ()
    files: int = 0


class VerdictStatus(StrEnum):
    """Whether a query works in a shape: `violated` breaks at run time; `unverified` could not be decided."""

    HOLDS = "holds"
    VIOLATED = "violated"
    UNVERIFIED = "unverified"


class Verdict(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The judgement of one query, or of one mapped type, in one shape.

    Args:
        service: The contract's service.
        file: Rust file.
        line: 1-based.
        subject: The SQL of the query, or the name of the struct or enum.
        status: The verdict.
        rule: `contract-query-invalid`, `contract-type-mismatch`, `contract-nullable`, `contract-enum-label`, …
        reason: One sentence, with PostgreSQL's own message where there is one.
        sqlstate: PostgreSQL's code, or empty.
        everywhere: True when the declared schema gives the same verdict: the service is at fault, not the tenant.
    """

    service: str
    file: str
    line: int
    subject: str
    status: VerdictStatus
    rule: str = ""
    reason: str = ""
    sqlstate: str = ""
    everywhere: bool = False
