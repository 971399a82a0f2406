"""Read the `use` declarations of a Rust file: by which names it knows sqlx."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

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
_CLIENTS = frozenset({"tokio_postgres", "postgres", "deadpool_postgres", "bb8_postgres"})


class Imports(msgspec.Struct, frozen=True):
    """The names by which one file knows sqlx.

    Args:
        crates: Names of the crate itself: `sqlx` and its aliases.
        names: sqlx name by local name, for macros and functions alike.
        everything: True after `use sqlx::*` or `#[macro_use] extern crate sqlx`.
        sqlx_in_file: True when some declaration names sqlx.
        client: True when the file imports tokio-postgres or a relative, whose `client.query("…")` is SQL.
    """

    crates: frozenset[str]
    names: dict[str, str]
    everything: bool
    sqlx_in_file: bool
    client: bool

    def sqlx_name(self, path: Sequence[str]) -> str | None:
        """Give sqlx's name of a path (`["sqlx", "query_as"]`, `["q"]`), or None when it is not sqlx's."""
        *before, last = path
        known = SQLX_FUNCTIONS | SQLX_MACROS
        if before:
            return last if last in known and self.crates.intersection(before) else None
        if last in self.names:
            return self.names[last]
        return last if self.everything and last in known else None


def read_imports(source: Source) -> Imports:
    """Collect the `use` and `extern crate` declarations, wherever they stand in the file."""
    crates = {"sqlx"}
    names: dict[str, str] = {}
    everything = mentioned = client = False
    for path, local in _declarations(source):
        if path[0] in _CLIENTS:
            client = True
        if not crates.intersection(path):
            continue
        mentioned = True
        if path[-1] == "*":
            everything = everything or len(path) == 2  # noqa: PLR2004  # sqlx::*; sqlx::types::* has no queries
        elif len(path) == 1:
            crates.add(local)
        elif path[-1] in SQLX_FUNCTIONS | SQLX_MACROS:
            names[local] = path[-1]
    return Imports(frozenset(crates), names, everything, mentioned, client)


def _declarations(source: Source) -> Iterator[tuple[list[str], str]]:
    tokens = source.tokens
    for index, token in enumerate(tokens):
        if token.text == "use" and token.type == "use":
            end = next((i for i in range(index, len(tokens)) if tokens[i].text == ";"), len(tokens))
            yield from _use_tree(tokens[index + 1 : end], [])
        elif token.text == "crate" and index + 1 < len(tokens) and index and tokens[index - 1].text == "extern":
            name = tokens[index + 1].text
            yield [name], name
            if any(t.text == "macro_use" for t in tokens[max(0, index - 4) : index]):
                yield [name, "*"], "*"


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
