"""Find the rows that SeaORM inserts by an entity: `agent::Entity::insert_many(rows).on_conflict(…)`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from shared.contracts.casing import rename_all
from shared.contracts.contract import Query
from shared.contracts.drivers.mapped import MappedColumn, MappedTable, insert_unseen
from shared.contracts.drivers.sea_orm.entities import DRIVER
from shared.contracts.drivers.sea_orm.names import EntityNames, implemented, path_before
from shared.contracts.drivers.sea_orm.writes import FindEntity
from shared.contracts.literals import split_arguments
from shared.contracts.method_chains import first_links
from shared.contracts.reading import Reading
from shared.contracts.tokens import Token, match_brackets
from shared.sql import quote_identifier

_METHODS = frozenset({"insert", "insert_many", "insert_many_without_returning"})
_MAX_LOOK_BACK = 400
"""Tokens between a variable's `let` and its use: further away is another function."""


class InsertFinder:
    """Finds them in one file.

    Args:
        reading: The file.
        entity: Finds entities by module.
        names: Find entities by the names that files give them.
    """

    def __init__(self, reading: Reading, entity: FindEntity, names: EntityNames) -> None:
        self._reading = reading
        self._tokens = reading.tokens
        self._text = reading.text
        self._entity = entity
        self._names = names
        self._implemented = tuple(implemented(reading.source))

    def read(self) -> Iterator[Query]:
        """Give each, in the order of the file, with the key of its ON CONFLICT where that is in sight."""
        file = self._reading.source.path
        for index, token in self._reading.source.where(_METHODS):
            if self._text(index - 1) != "::" or self._text(index + 1) != "(":
                continue
            path = path_before(self._tokens, index)[:-1]
            if path == ["Self"]:
                path = next((meant for begin, end, meant in self._implemented if begin < index < end), path)
            module = self._names.module(path, "Entity", file) if path else ""
            table = self._entity(module, file) if module else None
            if table is not None:
                yield Query(
                    file=file, line=token.line, column=token.column, macro=f"Entity.{token.text}",
                    sql=insert_unseen(table) + self._conflict(index, table), fetch="execute", driver=DRIVER,
                    mapping=table.rust,
                )  # fmt: skip

    def _conflict(self, index: int, table: MappedTable) -> str:
        given = first_links(self._reading.source, self._reading.source.closing[index + 1]).get("on_conflict", ())
        if len(given) == 1:
            given = self._let(given[0].text, index)
        texts = [token.text for token in given]
        if texts[:2] != ["OnConflict", "::"] or texts[2:3] not in (["column"], ["columns"]):
            return ""
        closing = match_brackets(tuple(given)).get(3, 0)
        inside = [token for token in given[4:closing] if token.text not in {"[", "]"}]
        columns = [_column(part, table) for part in split_arguments(inside)]
        listed = ", ".join(quote_identifier(column.name) for column in columns if column)
        return f" ON CONFLICT ({listed}) DO NOTHING" if listed and None not in columns else ""

    def _let(self, name: str, index: int) -> Sequence[Token]:
        """Give the value of the nearest `let name = …;` before a token; nothing where there is none."""
        for i in range(index, max(0, index - _MAX_LOOK_BACK), -1):
            if self._text(i) == name and self._text(i + 1) == "=" and self._text(i - 1) in {"let", "mut"}:
                end = i + 2
                while end < len(self._tokens) and self._text(end) != ";":
                    end = self._reading.source.closing.get(end, end) + 1
                return self._tokens[i + 2 : end]
        return ()


def _column(tokens: Sequence[Token], table: MappedTable) -> MappedColumn | None:
    """Give the column of `agent::Column::Login`; None where it is none of the table's."""
    return table.of(rename_all(tokens[-1].text, "snake_case")) if tokens and tokens[-1].is_name else None
