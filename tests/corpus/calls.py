"""What the functions of a corpus service send to the database and read from it: `calls.toml`, written by hand."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

SERVICES = Path(__file__).parent / "services"
ROLE = "corpus_app"
"""The role as which every service of the corpus connects."""


@dataclass(frozen=True)
class Value:
    """A parameter or a column: its name (empty for a parameter's), its Rust type, and what is sent."""

    name: str
    type: str
    sent: str | None = None


@dataclass(frozen=True)
class OwnType:
    """A Rust enum (labels) or struct (attributes) that is mapped to a type of the database."""

    rust: str
    name: str
    at: str
    labels: tuple[str, ...] = ()
    attributes: tuple[Value, ...] = ()


@dataclass(frozen=True)
class Call:
    """One call of a driver.

    Args:
        at: Where verdicts on it may stand: `src/orders.rs place` is the item `place` of that file.
        by: Which driver, and in which way: a key of `decoding.RULES`.
        sql: What is sent.
        fetch: How many rows the caller expects: `one`, `optional`, `all`; `none` counts affected rows.
    """

    at: tuple[str, ...]
    by: str
    sql: str
    sends: tuple[Value, ...] = ()
    reads: tuple[Value, ...] = ()
    fetch: str = "none"

    @property
    def name(self) -> str:
        """The function that makes it."""
        return self.at[0]


@dataclass(frozen=True)
class Service:
    """A service of the corpus."""

    name: str
    folder: Path
    calls: tuple[Call, ...]
    types: dict[str, OwnType] = field(default_factory=dict)

    @property
    def migrations(self) -> tuple[str, ...]:
        """The texts that make its schema, in order."""
        return tuple(path.read_text() for path in sorted((self.folder / "migrations").glob("*.sql")))

    @property
    def rows(self) -> str:
        """The statements that fill its tables."""
        return (self.folder / "rows.sql").read_text()

    def lines_of(self, place: str) -> tuple[str, range]:
        """Give the file and the lines of a place: `src/orders.rs place`, or diesel's joinable!, `src/schema.rs a -> b`.

        Raises:
            LookupError: When the file has no such item.
        """
        file, _, item = place.partition(" ")
        lines = (self.folder / file).read_text().splitlines()
        if "->" in item:
            return file, next(range(n, n + 1) for n, line in enumerate(lines, start=1) if f"joinable!({item}" in line)
        named = re.compile(rf"\b(?:fn|struct|enum|const) {item}\b|^ *{item} \([\w, ]+\) \{{")
        for number, line in enumerate(lines, start=1):
            if named.search(line):
                closing = line[: len(line) - len(line.lstrip())] + "}"
                end = next(n for n in range(number, len(lines) + 1) if lines[n - 1].startswith(closing))
                is_table = not re.search(r"\b(?:fn|struct|enum|const)\b", line)
                begin = max(n for n in range(1, number) if "table!" in lines[n - 1]) if is_table else number
                return file, range(begin, end + 1)
        raise LookupError(f"{self.name}: there is no {place}")


def read_service(name: str) -> Service:
    """Read a service of the corpus by the name of its folder."""
    folder = SERVICES / name
    read = tomllib.loads((folder / "calls.toml").read_text())
    types = {
        rust: OwnType(
            rust,
            said["name"],
            said["at"],
            tuple(said.get("labels", ())),
            tuple(map(_value, said.get("attributes", ()))),
        )
        for rust, said in read.get("types", {}).items()
    }
    return Service(name, folder, tuple(_call(entry, types) for entry in read["call"]), types)


def services() -> list[Service]:
    """Read all of them."""
    return [read_service(folder.name) for folder in sorted(SERVICES.iterdir())]


def bare_type(rust: str) -> str:
    """Give a Rust type without its Option."""
    return rust.removeprefix("Option<").removesuffix(">") if rust.startswith("Option<") else rust


def _call(entry: dict, types: dict[str, OwnType]) -> Call:
    sends, reads = (tuple(map(_value, entry.get(key, ()))) for key in ("sends", "reads"))
    own = (types.get(bare_type(value.type)) for value in (*sends, *reads))
    at = (entry["at"], *entry.get("also", ()), *(each.at for each in own if each))
    return Call(tuple(dict.fromkeys(at)), entry["by"], entry["sql"], sends, reads, entry.get("fetch", "none"))


def _value(text: str) -> Value:
    """Read `name: Type` (a column), or `Type = value` (a parameter)."""
    before, equals, sent = text.partition(" = ")
    if equals:
        return Value("", before, None if sent == "NULL" else sent)
    name, _, rust = text.partition(": ")
    return Value(name, rust)
