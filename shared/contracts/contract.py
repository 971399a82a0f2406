"""The contract of a Rust service: what it expects of the database; and the verdicts on it."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from shared.schema.schema import Origin
from shared.schema.tenancy import Tenancy


class Constant(msgspec.Struct, frozen=True, order=True):
    """A bind argument whose value stands in the source (`.bind("paid")`, `Status::Paid as _`).

    Args:
        position: 1-based: the n of `$n`.
        value: As text, the way PostgreSQL reads it.
    """

    position: int
    value: str


QueryKey = tuple[str, bool, bool, tuple[str, ...]]
"""What the server is asked of a query: its text, whether a macro fixed its types, whether it is a script, its types."""

_SCRIPT_CALLS = ("raw_sql", "executor.", "client.batch_execute", "client.simple_query")


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
        driver: The crate that sends it: `sqlx`, `tokio-postgres`, `diesel`, …
        column: 1-based column of the macro or call, in characters; 0 when it is not known.
        end_line: 1-based line on which the macro or call ends; 0 when it is not known.
        argument_types: Rust type of each argument as far as the source shows it, "" where it does not; or empty.
        sent_types: PostgreSQL's name of the type that the driver sends with each argument, `unknown` where the server
            infers it; empty where it infers all.
        fields: What the rows are decoded into where it stands beside the query, not in a struct: `row.get("c")`.
        mapping: Name of the mapping this statement is made from (`table!`, an entity); empty for one of the source.
        partial: True for a text that is put together on one of several ways, not all of which may be taken.
        holes: True for a text with something in the place of what is not known: it is checked as far as it is known, it
            is never violated, and its place is in `unread` all the same.
    """

    file: str
    line: int
    macro: str
    sql: str
    result_type: str = ""
    arguments: int = -1
    fetch: str = ""
    constants: tuple[Constant, ...] = ()
    driver: str = "sqlx"
    column: int = 0
    end_line: int = 0
    argument_types: tuple[str, ...] = ()
    sent_types: tuple[str, ...] = ()
    fields: tuple[StructField, ...] = ()
    mapping: str = ""
    partial: bool = False
    holes: bool = False

    @property
    def is_script(self) -> bool:
        """Whether it is sent by the simple protocol, which takes several statements and no arguments."""
        return self.macro.startswith(_SCRIPT_CALLS)

    @property
    def key(self) -> QueryKey:
        """Name what the server is asked: two queries with one key get one answer."""
        return (self.sql, self.compiled, self.is_script, self.sent_types)

    @property
    def in_source(self) -> bool:
        """Whether the whole text stands in the source: not made from a mapping, and without holes."""
        return not self.mapping and not self.holes

    @property
    def generated(self) -> bool:
        """Whether Rust was generated for it, against the declared schema, from a query file."""
        return self.driver == "cornucopia"

    @property
    def compiled(self) -> bool:
        """Whether a macro fixed the types at compile time, against the declared schema."""
        return self.macro.endswith("!")


class Unread(msgspec.Struct, frozen=True, order=True, kw_only=True, omit_defaults=True):
    """A place that was seen and could not be read: a query whose SQL is not in the source, a file that does not parse.

    Args:
        file: Path relative to the service's root.
        line: 1-based.
        reason: Why, as the end of a sentence: `the SQL is built by format! at run time`.
        driver: As for `Query`; empty for a file.
        macro: As for `Query`; empty for a file.
    """

    file: str
    line: int
    reason: str
    driver: str = ""
    macro: str = ""

    def __str__(self) -> str:
        """Write it as one line: `src/lib.rs:3: does not parse as Rust`."""
        return f"{self.file}:{self.line}: {self.reason}"


class Mapping(msgspec.Struct, frozen=True, order=True, kw_only=True):
    """A table, a row or a type of the database that the source maps to a Rust type.

    Args:
        file: Path relative to the service's root.
        line: 1-based.
        driver: As for `Query`.
        name: Of the struct, enum, `table!` or entity.
    """

    file: str
    line: int
    driver: str
    name: str


class Driver(msgspec.Struct, frozen=True, order=True, kw_only=True):
    """A database crate that the service depends on, found in `Cargo.toml` and `Cargo.lock`.

    Args:
        name: Of the crate: `sqlx`, `tokio-postgres`, …
        file: The `Cargo.toml` or `Cargo.lock` that names it.
        line: 1-based.
        version: As locked, or as required; empty when neither says.
    """

    name: str
    file: str
    line: int
    version: str = ""


class RowStruct(msgspec.Struct, frozen=True, order=True, kw_only=True, omit_defaults=True):
    """A Rust struct that rows are mapped to (`#[derive(FromRow)]`).

    Args:
        positional: True for a tuple struct, which reads columns by position.
        driver: Whose derive makes it a row.
        by_hand: True where the service wrote `impl FromRow` itself: what it reads may be read on a condition.
    """

    name: str
    file: str
    line: int
    fields: tuple[StructField, ...] = ()
    positional: bool = False
    driver: str = "sqlx"
    by_hand: bool = False


class RustEnum(msgspec.Struct, frozen=True, order=True, kw_only=True):
    """A Rust enum mapped to a PostgreSQL enum (`#[derive(sqlx::Type)]`, `#[sqlx(type_name = "…")]`).

    Args:
        exact: True where the driver takes only an enum of the same labels, whichever one is sent or read.
    """

    name: str
    file: str
    line: int
    type_name: str
    labels: tuple[str, ...] = ()
    driver: str = "sqlx"
    exact: bool = False


class RustComposite(msgspec.Struct, frozen=True, order=True, kw_only=True):
    """A Rust struct mapped to a composite type (`#[derive(ToSql)] #[postgres(name = "…")]`), its attributes by name."""

    name: str
    file: str
    line: int
    type_name: str
    fields: tuple[StructField, ...] = ()
    driver: str


class TypeAlias(msgspec.Struct, frozen=True, order=True, kw_only=True):
    """Another name for a type: `type Id = i64`, or a `#[sqlx(transparent)]` newtype."""

    name: str
    file: str
    type: str


class Contract(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Everything one service expects. Sorted.

    Args:
        service: Its name.
        queries: Statements that could be read, and those that mappings make.
        structs: Row structs.
        enums: Enums mapped to PostgreSQL types.
        composites: Structs mapped to composite types.
        tables: Tables that the source maps: `table!` of diesel, entities of SeaORM.
        aliases: Other names of types.
        own_types: Names of all structs, enums and aliases the service defines: they are not what sqlx maps.
        unread: What was seen and could not be read.
        drivers: Database crates that the service depends on.
        files: How many Rust files were read.
        search_path: The service's; empty for the tenant's namespace and public.
        role: The role as which the service connects; empty when it is not said.
        database: Pattern of the databases that the service speaks to; empty for all.
        accept_unread: Drivers of which nothing needs to be read.
        tenancy: How tenants are kept apart in tables that they share; None where they share none.
        root: The service's folder in the repository, `services/orders`; empty when that is the repository itself.
    """

    service: str
    queries: tuple[Query, ...] = ()
    structs: tuple[RowStruct, ...] = ()
    enums: tuple[RustEnum, ...] = ()
    composites: tuple[RustComposite, ...] = ()
    tables: tuple[Mapping, ...] = ()
    aliases: tuple[TypeAlias, ...] = ()
    own_types: tuple[str, ...] = ()
    unread: tuple[Unread, ...] = ()
    drivers: tuple[Driver, ...] = ()
    files: int = 0
    search_path: tuple[str, ...] = ()
    role: str = ""
    database: str = ""
    accept_unread: tuple[str, ...] = ()
    tenancy: Tenancy | None = None
    root: str = ""

    @property
    def mappings(self) -> tuple[Mapping, ...]:
        """Give everything that the source maps to the database, sorted."""
        types: tuple[RowStruct | RustEnum | RustComposite, ...] = (*self.structs, *self.enums, *self.composites)
        rows = (Mapping(file=each.file, line=each.line, driver=each.driver, name=each.name) for each in types)
        return tuple(sorted({*self.tables, *rows}))


class VerdictStatus(StrEnum):
    """What becomes of a query in a shape.

    `violated`: it fails, or decodes wrongly, every time. `at_risk`: it can; it depends on the rows. `unverified`: that
    could not be decided.
    """

    HOLDS = "holds"
    VIOLATED = "violated"
    AT_RISK = "at_risk"
    UNVERIFIED = "unverified"

    @property
    def counts(self) -> bool:
        """Whether a verdict of this status makes a tenant drifted."""
        return self in {VerdictStatus.VIOLATED, VerdictStatus.AT_RISK}


class Confidence(StrEnum):
    """Who has judged: PostgreSQL, on a copy of the shape, or fleetdrift alone, from what was read of it."""

    EXACT = "exact"
    STATIC = "static"


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
        declared_too: True when the declared schema gives the same verdict: the service is at fault, not the tenant.
        column: 1-based column of the macro or call, in characters; 0 when it is not known.
        end_line: 1-based line on which the macro or call ends; 0 when it is not known.
        root: The service's folder in the repository, before `file`; empty when that is the repository itself.
        fix: The query as it would work in this shape, where that is certain; or empty.
        declared_at: Where the spec declares what is otherwise in this shape and concerns the query, sorted.
        confidence: Whether PostgreSQL was asked.
    """

    service: str
    file: str
    line: int
    subject: str
    status: VerdictStatus
    rule: str = ""
    reason: str = ""
    sqlstate: str = ""
    declared_too: bool = msgspec.field(default=False, name="everywhere")  # as reports that are kept call it
    column: int = 0
    end_line: int = 0
    root: str = ""
    fix: str = ""
    declared_at: tuple[Origin, ...] = ()
    confidence: Confidence = Confidence.EXACT
