"""Read the `use` declarations of Rust files: by which names they know the crates that speak to a database."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import msgspec

from shared.contracts.tokens import Source, Token

SQLX_FUNCTIONS = frozenset(
    {"query", "query_with", "query_as", "query_as_with", "query_scalar", "query_scalar_with", "raw_sql"}
)
SQLX_MACROS = frozenset(
    prefix + suffix + checked
    for prefix in ("query", "query_file")
    for suffix in ("", "_as", "_scalar")
    for checked in ("", "_unchecked")
)
_CLIENTS = {
    "tokio_postgres": "tokio-postgres", "deadpool_postgres": "tokio-postgres", "bb8_postgres": "tokio-postgres",
    "mobc_postgres": "tokio-postgres", "postgres": "postgres", "r2d2_postgres": "postgres",
}  # fmt: skip
_CLIENT_DRIVERS = frozenset(_CLIENTS.values())
_OWN_CRATE = frozenset({"crate", "super", "self"})


class Imports(msgspec.Struct, frozen=True):
    """The names by which one file knows the crates that speak to a database.

    Args:
        crates: Names of sqlx itself: `sqlx` and its aliases.
        names: sqlx name by local name, for macros and functions alike.
        everything: True after `use sqlx::*` or `#[macro_use] extern crate sqlx`.
        sqlx_in_service: True when some file of the service names sqlx.
        client: True when the file names tokio-postgres or a relative.
        client_in_service: True when some file of the service does.
        client_driver: Which of them.
    """

    crates: frozenset[str]
    names: dict[str, str]
    everything: bool
    sqlx_in_service: bool
    client: bool
    client_in_service: bool
    client_driver: str

    def sqlx_name(self, path: Sequence[str]) -> str | None:
        """Give sqlx's name of a path (`["sqlx", "query_as"]`, `["q"]`), or None when it is not sqlx's."""
        *before, last = path
        known = SQLX_FUNCTIONS | SQLX_MACROS
        if before:
            return last if last in known and self.crates.intersection(before) else None
        if last in self.names:
            return self.names[last]
        return last if self.everything and last in known else None


class ServiceNames(msgspec.Struct, frozen=True):
    """What the files of a service have in common.

    Args:
        passed_on: sqlx name by local name, where a file says `pub use sqlx::query`.
        sqlx: True when some file names sqlx.
        client_driver: The client crate that some file names; empty for none.
    """

    passed_on: dict[str, str]
    sqlx: bool
    client_driver: str


def read_service_names(sources: Sequence[Source], drivers: Collection[str]) -> ServiceNames:
    """Collect what files pass on to each other.

    Args:
        sources: Every file.
        drivers: Those that the Cargo files name.
    """
    passed_on: dict[str, str] = {}
    sqlx, clients = "sqlx" in drivers, sorted(_CLIENT_DRIVERS.intersection(drivers))
    for source in sources:
        sqlx = sqlx or "sqlx" in source.places
        clients += sorted(_CLIENTS[name] for name in _CLIENTS if _names_crate(source, name))
        for path, local, is_public in declarations(source):
            if is_public and path[0] == "sqlx" and path[-1] in SQLX_FUNCTIONS | SQLX_MACROS:
                passed_on[local] = path[-1]
    return ServiceNames(passed_on, sqlx, clients[0] if clients else "")


def read_imports(source: Source, service: ServiceNames) -> Imports:
    """Collect the `use` and `extern crate` declarations, wherever they stand in the file."""
    crates = {"sqlx"}
    names: dict[str, str] = {}
    everything = False
    for path, local, _ in declarations(source):
        if path[0] in _OWN_CRATE and path[-1] == "*":
            names = {**service.passed_on, **names}
        elif path[0] in _OWN_CRATE and path[-1] in service.passed_on:
            names[local] = service.passed_on[path[-1]]
        if not crates.intersection(path):
            continue
        if path[-1] == "*":
            everything = everything or len(path) == 2  # noqa: PLR2004  # sqlx::*; sqlx::types::* has no queries
        elif len(path) == 1:
            crates.add(local)
        elif path[-1] in SQLX_FUNCTIONS | SQLX_MACROS:
            names[local] = path[-1]
    clients = sorted(_CLIENTS[name] for name in _CLIENTS if _names_crate(source, name))
    return Imports(
        crates=frozenset(crates),
        names=names,
        everything=everything,
        sqlx_in_service=service.sqlx,
        client=bool(clients),
        client_in_service=bool(service.client_driver),
        client_driver=clients[0] if clients else service.client_driver,
    )


def _names_crate(source: Source, name: str) -> bool:
    """Say whether a file names a crate: in a `use`, or in a path that begins with it."""
    tokens = source.tokens
    return any(
        token.is_name
        and ((index + 1 < len(tokens) and tokens[index + 1].text == "::") or tokens[index - 1].text in {"use", "crate"})
        and (index == 0 or tokens[index - 1].text != "::")
        for index, token in source.where({name})
    )


def declarations(source: Source) -> Sequence[tuple[list[str], str, bool]]:
    """Give (path, local name, whether it is passed on) of each name that is brought in."""
    return source.once(_declarations)


def _declarations(source: Source) -> Sequence[tuple[list[str], str, bool]]:
    return tuple(_each_declaration(source))


def _each_declaration(source: Source) -> Iterator[tuple[list[str], str, bool]]:
    tokens = source.tokens
    for index, token in source.where({"use", "crate"}):
        if token.text == "use" and token.type == "use":
            end = next((i for i in range(index, len(tokens)) if tokens[i].text == ";"), len(tokens))
            is_public = index > 0 and tokens[index - 1].text in {"pub", ")"}
            yield from ((path, local, is_public) for path, local in _use_tree(tokens[index + 1 : end], []))
        elif token.text == "crate" and index + 1 < len(tokens) and index and tokens[index - 1].text == "extern":
            name = tokens[index + 1].text
            yield [name], name, False
            if any(t.text == "macro_use" for t in tokens[max(0, index - 4) : index]):
                yield [name, "*"], "*", False


def _use_tree(tokens: Sequence[Token], prefix: list[str]) -> Iterator[tuple[list[str], str]]:
    """Walk one use tree: `a::{b, c as d, e::*}`."""
    path = list(prefix)
    index = 0
    while index < len(tokens):
        text = tokens[index].text
        if text == "{":
            for branch in _use_branches(tokens[index + 1 :]):
                yield from _use_tree(branch, path)
            return
        if text == "as" and index + 1 < len(tokens):
            yield (path, tokens[index + 1].text)
            return
        if text == "self" and prefix and index == 0:
            pass  # `use sqlx::{self}` names the crate
        elif text != "::":
            path.append(text)
        index += 1
    if path:
        yield path, path[-1]


def _use_branches(tokens: Sequence[Token]) -> Iterator[Sequence[Token]]:
    begin = depth = 0
    for index, token in enumerate(tokens):
        if token.text == "{":
            depth += 1
        elif token.text == "}" and depth:
            depth -= 1
        elif (token.text == "," and depth == 0) or token.text == "}":
            if index > begin:
                yield tokens[begin:index]
            begin = index + 1
            if token.text == "}":
                return
