"""What the crate postgres-types maps: derived enums, composites and newtypes, and which types a Rust type takes.

tokio-postgres and postgres compare types before they send or read a value (`accepts`), in both directions. Sources:
postgres-types 0.2 (`src/lib.rs`, `src/chrono_04.rs`, `src/time_03.rs`), postgres-derive 0.4 (`src/accepts.rs`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from shared.contracts.casing import rename_all
from shared.contracts.contract import RustComposite, RustEnum, StructField, TypeAlias
from shared.contracts.drivers.mapped import Findings, type_name
from shared.contracts.facts import SqlType
from shared.contracts.reading import Reading
from shared.contracts.rust_syntax import Attribute, render
from shared.contracts.rust_types import Decoding, RustType, decodes_checked, macro_type
from shared.contracts.tokens import Source, Token
from shared.contracts.type_items import TypeItem, attribute_value, members, read_items, split_member

DRIVERS = frozenset({"tokio-postgres", "postgres"})
_CRATE = "postgres"
_MORE_TEXTS = frozenset({"ltree", "lquery", "ltxtquery"})


def takes(rust: RustType, column: SqlType) -> Decoding:
    """Judge whether a Rust type is sent as, or read from, a type of PostgreSQL's."""
    if rust.name in {"String", "str"} and column.name in _MORE_TEXTS and rust.array == column.array:
        return Decoding.WORKS
    return decodes_checked(rust, column)


def takes_generated(declared: SqlType, column: SqlType) -> Decoding:
    """Judge whether what cornucopia generated for a type is sent as, or read from, another.

    For an enum or a composite it generated a Rust type of its own, which takes types of that name only.
    """
    rust = macro_type(declared)
    if rust.name or declared.namespace == "pg_catalog":
        return takes(rust, column)
    same = (declared.name, declared.array) == (column.name, column.array)
    return Decoding.WORKS if same else Decoding.FAILS


def read_postgres(readings: Sequence[Reading]) -> Findings:
    """Read the derived types of a service that speaks by tokio-postgres or postgres; nothing for another.

    Args:
        readings: Every file of the service.
    """
    driver = next((r.imports.client_driver for r in readings if r.imports.client_in_service), "")
    if not driver:
        return Findings()
    found = [item for reading in readings for item in _types(reading.source, driver)]
    return Findings(
        enums=tuple(item for item in found if isinstance(item, RustEnum)),
        composites=tuple(item for item in found if isinstance(item, RustComposite)),
        aliases=tuple(item for item in found if isinstance(item, TypeAlias)),
    )


def _types(source: Source, driver: str) -> Iterator[RustEnum | RustComposite | TypeAlias]:
    """Give the types of a file that derive `ToSql` or `FromSql`."""
    for item in read_items(source):
        if not (item.derives("ToSql") or item.derives("FromSql")):
            continue
        bracket, parts = members(source, item)
        stored = type_name(item.value(_CRATE, "name") or item.name.text)
        if item.keyword == "enum":
            labels = tuple(_named(item, split_member(part)) for part in parts)
            yield RustEnum(
                name=item.name.text, file=source.path, line=item.name.line, type_name=stored, labels=labels,
                driver=driver, exact=item.value(_CRATE, "allow_mismatch") is None,
            )  # fmt: skip
        elif bracket == "(" and item.value(_CRATE, "transparent") is not None:
            yield TypeAlias(name=item.name.text, file=source.path, type=render(split_member(parts[0])[1]))
        elif bracket == "{":
            named = map(split_member, parts)
            fields = tuple(StructField(name=_named(item, each), type=render(each[1][2:])) for each in named)
            yield RustComposite(
                name=item.name.text, file=source.path, line=item.name.line, type_name=stored, fields=fields,
                driver=driver,
            )  # fmt: skip


def _named(item: TypeItem, member: tuple[tuple[Attribute, ...], Sequence[Token]]) -> str:
    attributes, rest = member
    pattern = item.value(_CRATE, "rename_all") or ""
    return attribute_value(attributes, _CRATE, "name") or rename_all(rest[0].text.removeprefix("r#"), pattern)
