"""Find the statements that are given to a client of tokio-postgres, postgres or a pool of theirs in one Rust file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import msgspec

from shared.contracts.bindings import BindingKind, find_binding
from shared.contracts.contract import Query
from shared.contracts.literals import split_arguments
from shared.contracts.queries import begins_statement
from shared.contracts.reading import FoundQuery, Reading
from shared.contracts.rust_syntax import matching_angle
from shared.contracts.tokens import Token

_WITH_ARGUMENTS = frozenset({"query", "query_one", "query_opt", "query_raw", "execute", "execute_raw"})
_WITH_TYPES = frozenset({"query_typed", "query_typed_raw", "prepare_typed", "prepare_typed_cached"})
_TEXT_ALONE = frozenset({"prepare", "prepare_cached", "copy_in", "copy_out"})
_SCRIPTS = frozenset({"batch_execute", "simple_query", "simple_query_raw"})
_METHODS = _WITH_ARGUMENTS | _WITH_TYPES | _TEXT_ALONE | _SCRIPTS
_OF_NOTHING_ELSE = _METHODS - {"query", "execute", "prepare"}
"""Names that no other library's methods are likely to have: such a call counts even where its text is not known."""
_ONE_ROW = {"query_one": "fetch_one", "query_opt": "fetch_optional", "execute": "execute", "execute_raw": "execute"}
_TYPE = re.compile(r"Type::([A-Z0-9_]+)")


class ClientFinder:
    """Finds the statements of clients in one file."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._tokens = reading.tokens
        self._text = reading.text

    def read(self) -> Iterator[FoundQuery]:
        """Give every statement, in the order of the file."""
        if not self._reading.imports.client_in_service:
            return
        for index, token in self._reading.source.where(_METHODS):
            if token.is_name and self._text(index - 1) == ".":
                yield from self._call(index)

    def _call(self, index: int) -> Iterator[FoundQuery]:
        reading = self._reading
        opening = index + 1
        if self._text(opening) == "::":
            opening = matching_angle(self._tokens, opening + 1) + 1
        inside = reading.inside(opening) if self._text(opening) == "(" else None
        arguments = split_arguments(inside or ())
        method = self._text(index)
        if not arguments or len(arguments) != (1 if method in _TEXT_ALONE | _SCRIPTS else 2):
            return
        texts = reading.texts(arguments[0], index)
        sql = tuple(text for text in texts if text.known and begins_statement(text.value))
        opaque = tuple(text for text in texts if not text.known)
        certain = method in _OF_NOTHING_ELSE or reading.imports.client
        if opaque and certain and not self._is_prepared(arguments[0], index):
            sql += opaque
        yield from reading.found(sql, self._query(index, method, arguments))

    def _query(self, index: int, method: str, arguments: Sequence[Sequence[Token]]) -> Query:
        reading = self._reading
        token = self._tokens[index]
        listed = _array(arguments[1]) if len(arguments) > 1 else None
        query = Query(
            file=reading.source.path,
            line=token.line,
            column=token.column,
            macro=f"client.{method}",
            sql="",
            fetch=self._run_by(index) if method.startswith("prepare") else _ONE_ROW.get(method, ""),
            driver=reading.imports.client_driver,
        )
        if listed is None or method == "query_raw":
            return query
        if method in _WITH_TYPES:
            return msgspec.structs.replace(query, sent_types=tuple(map(_sent_type, listed)))
        return msgspec.structs.replace(
            query,
            arguments=len(listed) if method in _WITH_ARGUMENTS else -1,
            argument_types=reading.argument_types(listed, index),
            constants=reading.constants(listed),
        )

    def _run_by(self, index: int) -> str:
        """Say how many rows are fetched by `query_one(&name, …)`, where a statement is prepared as `let name = …`."""
        let = index
        while let > 0 and self._text(let) not in {"let", ";", "{", "}"}:
            let -= 1
        name = self._text(let + 1)
        if self._text(let) != "let" or self._text(let + 2) not in {"=", ":"}:
            return ""
        found: set[str] = set()
        for i in range(index, len(self._tokens)):
            if self._text(i) == "fn":
                break
            given = [self._text(i + 1), self._text(i + 2), self._text(i + 3)]
            if self._text(i) in _METHODS and given == ["(", "&", name]:
                found.add(_ONE_ROW.get(self._text(i), ""))
        return found.pop() if len(found) == 1 else ""

    def _is_prepared(self, tokens: Sequence[Token], index: int) -> bool:
        """Say whether an argument is a prepared statement, whose text was seen where it was prepared."""
        names = [token.text for token in tokens if token.text not in {"&", "*"}]
        if len(names) != 1:
            return "prepare" in names or any("stmt" in name or "statement" in name for name in names[-1:])
        binding = find_binding(self._reading.source, names[0], index)
        if binding is not None and binding.kind is BindingKind.LET:
            return any(token.text.startswith("prepare") for token in binding.tokens)
        written = [token.text for token in self._tokens[binding.index : binding.index + 8]] if binding else []
        return "Statement" in written or "stmt" in names[0] or "statement" in names[0]


def _array(tokens: Sequence[Token]) -> list[Sequence[Token]] | None:
    """Give the elements of `&[…]`, or None when the arguments are made elsewhere."""
    bare = tokens[1:] if tokens and tokens[0].text == "&" else tokens
    is_array = bool(bare) and bare[0].text == "[" and bare[-1].text == "]"
    return split_arguments(bare[1:-1]) if is_array else None


def _sent_type(tokens: Sequence[Token]) -> str:
    """Give PostgreSQL's name of the `Type::INT8` in an argument."""
    found = _TYPE.search("".join(token.text for token in tokens))
    if found is None:
        return "unknown"
    name = found[1].lower()
    return f"{name.removesuffix('_array')}[]" if name.endswith("_array") else '"char"' if name == "char" else name
