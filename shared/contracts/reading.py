"""What the finders of queries share: one file, what its names mean, and how a text and its arguments are read."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec

from shared.contracts.argument_types import ArgumentTypes
from shared.contracts.contract import Constant, Query, Unread
from shared.contracts.evaluator import MANIFEST_FOLDER, Evaluator
from shared.contracts.fillings import fillings
from shared.contracts.imports import Imports
from shared.contracts.literals import constant_path, constant_value
from shared.contracts.texts import Text, Texts, hole
from shared.contracts.tokens import Source, Token

FoundQuery = Query | Unread
ReadFile = Callable[[str], str | None]
"""Gives the text of a file of the service by its path, or None."""


class Reading:
    """One file, and everything that is needed to read the queries in it.

    Args:
        source: The file, macros expanded.
        imports: What its names mean.
        evaluator: Evaluates texts.
        types: Finds the types of arguments.
        labels: Database label by (enum, variant).
        read_file: Reads files of the service.
        crate_roots: Folders that may be the root of the file's crate, nearest first: `query_file!` is relative to it.
    """

    def __init__(
        self,
        source: Source,
        imports: Imports,
        evaluator: Evaluator,
        *,
        types: ArgumentTypes,
        labels: Mapping[tuple[str, str], str],
        read_file: ReadFile,
        crate_roots: Sequence[str],
    ) -> None:
        self.source = source
        self.tokens = source.tokens
        self.imports = imports
        self._evaluator = evaluator
        self._types = types
        self._labels = labels
        self._read_file = read_file
        self._crate_roots = crate_roots

    def text(self, index: int) -> str:
        """Give the text of a token; empty beyond the file."""
        return self.tokens[index].text if 0 <= index < len(self.tokens) else ""

    def inside(self, opening: int) -> Sequence[Token] | None:
        """Give what stands in a bracket, or None when there is none."""
        closing = self.source.closing.get(opening)
        return None if closing is None else self.tokens[opening + 1 : closing]

    def texts(self, tokens: Sequence[Token], index: int) -> Texts:
        """Give the texts of an expression at a place."""
        return self._evaluator.of(self.source, tokens, index)

    def file_texts(self, tokens: Sequence[Token], index: int) -> Texts:
        """Give the text of the file that an expression names, relative to the root of the crate."""
        path = self.texts(tokens, index)[0]
        if not path.known:
            return (path,)
        for root in self._crate_roots:
            content = self._read_file(posixpath.normpath(posixpath.join(root, path.value)))
            if content is not None:
                return (Text(content),)
        return hole(f"the file {path.value} is not among the service's files")

    def argument_types(self, arguments: Sequence[Sequence[Token]], index: int) -> tuple[str, ...]:
        """Give the Rust types of arguments; nothing when none is known."""
        found = tuple(self._types.of(tokens, index) for tokens in arguments)
        return found if any(found) else ()

    def field_type(self, struct: str, field: str) -> str:
        """Give the Rust type of a struct's field; empty when it is not known."""
        return self._types.field(struct, field)

    def constants(self, arguments: Sequence[Sequence[Token]]) -> tuple[Constant, ...]:
        """Give the arguments whose value stands in the source."""
        found: list[Constant] = []
        for position, tokens in enumerate(arguments, start=1):
            value = constant_value(tokens)
            if value is None and (path := constant_path(tokens)) is not None:
                value = self._labels.get(path)
            if value is not None:
                found.append(Constant(position, value))
        return tuple(found)

    def found(self, texts: Texts, query: Query) -> Iterator[FoundQuery]:
        """Give a query for each text that is known; where one is not, its place, and what can be checked of it.

        Args:
            texts: Of its SQL.
            query: Everything else of it.
        """
        for text in texts:
            if text.known:
                yield msgspec.structs.replace(query, sql=text.value, partial=text.several)
            else:
                yield from (msgspec.structs.replace(query, sql=sql, holes=True) for sql in fillings(text))
        reasons = sorted({reason for text in texts for reason in text.reasons})
        if reasons:
            yield self.unread(query, reasons[0])

    def unread(self, query: Query, reason: str) -> Unread:
        """Name the place of a query that could not be read."""
        return Unread(file=query.file, line=query.line, reason=reason, driver=query.driver, macro=query.macro)


def include_of(read_file: ReadFile, roots: Callable[[str], Sequence[str]]) -> Callable[[str, str], str | None]:
    """Give what reads included files: relative to the file that includes them, or to the crate's folder."""

    def include(file: str, path: str) -> str | None:
        if not path.startswith(MANIFEST_FOLDER):
            return read_file(posixpath.normpath(posixpath.join(posixpath.dirname(file), path)))
        below = path.removeprefix(MANIFEST_FOLDER).lstrip("/")
        contents = (read_file(posixpath.normpath(posixpath.join(root, below))) for root in roots(file))
        return next((content for content in contents if content is not None), None)

    return include
