"""Find what the names mean that a service gives to sea-query: `Ticket::Subject`, `Alias::new("subject")`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from shared.contracts.drivers.mapped import MappedTable, MappedTables
from shared.contracts.literals import split_arguments, string_value
from shared.contracts.tokens import Source, Token
from shared.schema.identity import QualifiedName

TABLE = "Table"
"""The variant that names the table itself."""
_OF_ITEM = ""
"""Stands for the name of a type that has one name whatever its value."""


class NamedTable(msgspec.Struct, frozen=True):
    """A table of a statement.

    Args:
        name: What the database calls it.
        said: How the source names it: in `(Ticket::Table, Ticket::Id)` its columns are named in the same way.
        mapped: The names of its columns, where Rust has them.
    """

    name: QualifiedName
    said: str
    mapped: MappedTable | None = None


class Names:
    """The names of a service.

    Args:
        tables: Its enums of names that have a table.
        items: The name that a type without variants stands for.
    """

    def __init__(self, tables: MappedTables, items: Mapping[str, str]) -> None:
        self._tables = tables
        self._items = items

    def table(self, tokens: Sequence[Token], file: str) -> NamedTable | None:
        """Give the table that an argument names, with its namespace where it is a pair; None when not in sight."""
        *namespaces, last = _parts(tokens) or [()]
        said = _said(last)
        variant = self._variant(last, file)
        if variant is not None:
            mapped, name = variant
            return NamedTable(mapped.name, said, mapped) if name == TABLE and not namespaces else None
        text = self._text(last)
        namespace = self._text(namespaces[0]) if namespaces else ""
        return None if not text or namespace is None else NamedTable(QualifiedName(namespace, text), said)

    def column(
        self, tokens: Sequence[Token], tables: Sequence[NamedTable], bare: NamedTable | None, file: str
    ) -> tuple[NamedTable, str] | None:
        """Give the table and the name of the column that an argument names, or None.

        Args:
            tokens: `Ticket::Id`, `(Ticket::Table, Ticket::Id)`, `Alias::new("id")`, …
            tables: Those of the statement.
            bare: The one whose column a text without a table is.
            file: Where it stands.
        """
        *qualifiers, last = _parts(tokens) or [()]
        variant = self._variant(last, file)
        if qualifiers:
            of_table = next((table for table in tables if table.said == _said(qualifiers[-1])), None)
        elif variant is not None:
            of_table = next((table for table in tables if table.mapped == variant[0]), None)
        else:
            of_table = bare
        if of_table is None:
            return None
        if variant is None:
            text = self._text(last)
            return (of_table, text) if text else None
        column = variant[0].of(variant[1]) if variant[0] == of_table.mapped else None
        return (of_table, column.name) if column else None

    def _variant(self, tokens: Sequence[Token], file: str) -> tuple[MappedTable, str] | None:
        names = [token.text for token in tokens if token.is_name]
        if len(names) < 2 or any(token.text != "::" and not token.is_name for token in tokens):  # noqa: PLR2004  # Type::Variant
            return None
        table = self._tables.find(names[-2], file)
        return (table, names[-1]) if table else None

    def _text(self, tokens: Sequence[Token]) -> str | None:
        """Give the text of `"id"`, `Alias::new("id")` or of a type that is one name; None for anything else."""
        texts = [token.text for token in tokens]
        if texts[:4] == ["Alias", "::", "new", "("] and len(tokens) == 6:  # noqa: PLR2004  # a text and the bracket
            tokens = tokens[4:5]
        if len(tokens) != 1:
            return None
        return string_value(tokens[0]) if tokens[0].is_string else self._items.get(tokens[0].text)


def written_names(source: Source) -> Iterator[tuple[str, Token, dict[str, str]]]:
    """Give (type, its name in the source, names by variant) of each `impl Iden` that is written by hand.

    A type that has one name whatever its value has it under the empty variant.
    """
    tokens = source.tokens
    for index, token in enumerate(tokens[:-3]):
        if token.text != "Iden" or tokens[index + 1].text != "for" or tokens[index + 3].text != "{":
            continue
        body = tokens[index + 4 : source.closing.get(index + 3, index + 4)]
        yield tokens[index + 2].text, tokens[index + 2], _names_of(body)


def _names_of(body: Sequence[Token]) -> dict[str, str]:
    """Read the texts of a body: one for each arm of its `match`, or one alone."""
    arms = [i for i, token in enumerate(body) if token.text == "=>" and i and body[i - 1].is_name]
    if not arms:
        texts = _texts(body)
        return {_OF_ITEM: texts[0]} if len(texts) == 1 else {}
    found = {}
    for begin, end in zip(arms, [*arms[1:], len(body)], strict=True):
        texts = _texts(body[begin:end])
        if len(texts) == 1:
            found[body[begin - 1].text] = texts[0]
    return found


def _texts(tokens: Sequence[Token]) -> list[str]:
    values = [string_value(token) for token in tokens if token.is_string]
    return [value for value in values if value and value != "{}"]


def _parts(tokens: Sequence[Token]) -> list[Sequence[Token]]:
    """Give the elements of a pair, or the argument itself."""
    is_pair = len(tokens) > 1 and tokens[0].text == "(" and tokens[-1].text == ")"
    return split_arguments(tokens[1:-1]) if is_pair else [tokens]


def _said(tokens: Sequence[Token]) -> str:
    return "".join(token.text for token in tokens)
