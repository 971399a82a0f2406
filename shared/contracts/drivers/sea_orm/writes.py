"""Find the rows that SeaORM writes: `ActiveModel { login: Set(…), ..Default::default() }` and what is done with it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

import msgspec

from shared.contracts.contract import Query
from shared.contracts.drivers.mapped import MappedTable, insert, insert_unseen, sent_types, update_by_key
from shared.contracts.drivers.sea_orm.entities import DRIVER
from shared.contracts.drivers.sea_orm.names import EntityNames, implemented, path_before
from shared.contracts.literals import split_arguments
from shared.contracts.reading import Reading
from shared.contracts.tokens import Token

_UNSET = frozenset({"NotSet", "Unset", "default", "not_set"})
_KNOWN_BEFORE = frozenset({"Unchanged", "unchanged"})
_INSERTS = frozenset({"insert", "save", "insert_many"})
_WRITES = {"insert": insert, "save": insert, "insert_many": insert, "update": update_by_key}

FindEntity = Callable[[str, str], MappedTable | None]
"""Gives the entity that a module's name means in a file, or None."""


class Literal(msgspec.Struct, frozen=True):
    """One active model that is built in the source.

    Args:
        begin: Index of the first token of its path.
        end: Index of its closing bracket.
        fields: Those that are set.
        more: Whether further fields come from elsewhere: `..data.into()`.
    """

    begin: int
    end: int
    fields: tuple[str, ...]
    more: bool = False


class WriteFinder:
    """Finds the active models that one file builds.

    Args:
        reading: The file.
        entity: Finds entities by module.
        names: Find entities by the names that files give them.
    """

    def __init__(self, reading: Reading, entity: FindEntity, names: EntityNames) -> None:
        self._source = reading.source
        self._tokens = reading.tokens
        self._text = reading.text
        self._inside = reading.inside
        self._entity = entity
        self._names = names
        self._implemented = tuple(implemented(self._source))
        self._hooks = [
            (begin, end) for begin, end, _ in self._implemented
            if "ActiveModelBehavior" in {token.text for token in self._tokens[max(0, begin - 6) : begin]}
        ]  # fmt: skip

    def read(self) -> Iterator[Query]:
        """Give the statement of each active model that is inserted or updated."""
        for behind, _ in self._source.where({"{", "::"}):
            index, token = behind - 1, self._tokens[behind - 1]
            if index < 0 or not token.is_name:
                continue
            path = path_before(self._tokens, index)
            if self._text(index - 2 * len(path) + 1) in {"for", "struct", "impl", "->", "as"}:
                continue
            if path == ["Self"]:
                path = next((meant for begin, end, meant in self._implemented if begin < index < end), path)
            for part in ("ActiveModel", "Model"):
                module = self._names.module(path, part, self._source.path)
                literal = self._literal(index) if module else None
                table = self._entity(module, self._source.path) if literal else None
                if literal is not None and table is not None and (part == "ActiveModel" or self._becomes_new(literal)):
                    yield from self._written(literal, table, token)

    def _literal(self, index: int) -> Literal | None:
        begin = index
        while self._text(begin - 1) == "::":
            begin -= 2
        if self._text(index + 1) == "{" and index + 1 in self._source.closing:
            end = self._source.closing[index + 1]
            return Literal(begin, end, tuple(self._fields(index + 1)), self._takes_more(index + 1))
        makes = [self._text(i) for i in range(index + 1, index + 5)]
        if makes in (["::", "new", "(", ")"], ["::", "default", "(", ")"]):
            return Literal(begin, index + 4, ())
        return None

    def _becomes_new(self, literal: Literal) -> bool:
        """Say whether a `Model { … }` is made a new row: all of its fields are values that an INSERT sends."""
        return [self._text(literal.end + 1), self._text(literal.end + 2)] == [".", "into_active_model"]

    def _takes_more(self, opening: int) -> bool:
        last = split_arguments(self._inside(opening) or ())[-1:]
        words = [token.text for token in last[0]] if last else []
        return words[:1] == [".."] and not _UNSET.intersection(words)

    def _fields(self, opening: int) -> Iterator[str]:
        for part in split_arguments(self._inside(opening) or ()):
            named = bool(part) and part[0].is_name and (len(part) == 1 or part[1].text == ":")
            if named and not _UNSET.intersection(token.text for token in part[2:]):
                yield part[0].text.removeprefix("r#")

    def _written(self, literal: Literal, table: MappedTable, token: Token) -> Iterator[Query]:
        name = self._bound_to(literal.begin)
        fields = {*literal.fields, *(self._set_later(name, literal.end) if name else ())}
        columns = tuple(column for column in table.columns if column.field in fields)
        verb = self._verb(literal, name) or ("insert" if _fills_row(table, fields) else "")
        if verb == "save" and set(table.keys) & fields:
            verb = "update"
        if (verb in _INSERTS and literal.more) or (not verb and self._may_be_inserted(literal, table, fields)):
            yield Query(
                file=self._source.path, line=token.line, column=token.column, macro="ActiveModel.insert",
                sql=insert_unseen(table), fetch="execute", driver=DRIVER, mapping=table.rust, partial=not verb,
            )  # fmt: skip
            return
        if verb == "update":
            columns = tuple(column for column in columns if column.field not in table.keys)
        sent = (*columns, *(key for key in table.columns if key.field in table.keys)) if verb == "update" else columns
        if verb and (columns or verb != "update"):
            yield Query(
                file=self._source.path, line=token.line, column=token.column, macro=f"ActiveModel.{verb}",
                sql=_WRITES[verb](table, columns), fetch="fetch_one" if verb == "update" else "execute",
                driver=DRIVER, mapping=table.rust,
                sent_types=sent_types(sent),
            )  # fmt: skip

    def _may_be_inserted(self, literal: Literal, table: MappedTable, fields: Collection[str]) -> bool:
        """Say whether an active model of which nothing is done in sight is a new row: its key is set."""
        known = {token.text for token in self._tokens[literal.begin : literal.end]}
        if any(begin < literal.begin < end for begin, end in self._hooks):
            return False  # what every new row begins with, where there are any
        return bool(table.keys) and set(table.keys) <= set(fields) and not known & _KNOWN_BEFORE

    def _bound_to(self, begin: int) -> str:
        """Give NAME of `let NAME = ActiveModel …` or `let NAME: Type = …`; empty when it is bound to none."""
        index = begin - 1
        if self._text(index) != "=":
            return ""
        while index > 0 and self._text(index) not in {"let", ";", "{", "}"}:
            index -= 1
        following = self._text(index + 1)
        return (self._text(index + 2) if following == "mut" else following) if self._text(index) == "let" else ""

    def _set_later(self, name: str, index: int) -> Iterator[str]:
        for i in range(index, self._end_of_block(index)):
            if self._text(i) == name and self._text(i + 1) == "." and self._text(i + 3) == "=":
                yield self._text(i + 2)

    def _verb(self, literal: Literal, name: str) -> str:
        """Say what is done with an active model: `insert`, `save`, `update`; empty for nothing, or not in sight."""
        method = self._text(literal.end + 2) if self._text(literal.end + 1) == "." else ""
        if method in _WRITES:
            return method
        around = self._call_around(literal.begin)
        if around:
            return around
        for i in range(literal.end, self._end_of_block(literal.end)) if name else ():
            if self._text(i) != name or self._text(i - 1) == ".":
                continue
            if self._text(i + 1) == "." and self._text(i + 2) in _WRITES and self._text(i + 3) == "(":
                return self._text(i + 2)
            if self._call_around(i):
                return self._call_around(i)
        return ""

    def _call_around(self, index: int) -> str:
        """Give the method whose argument a token is, through brackets of arrays: `Entity::insert_many([model])`."""
        depth = 0
        for i in range(index - 1, max(0, index - 400), -1):
            text = self._text(i)
            if text in {")", "]", "}"}:
                depth += 1
            elif text in {"(", "[", "{"} and depth:
                depth -= 1
            elif text == "(":
                return self._text(i - 1) if self._text(i - 1) in _WRITES else ""
            elif text in {";", "{"}:
                return ""
        return ""

    def _end_of_block(self, index: int) -> int:
        ends = [c for o, c in self._source.closing.items() if o < index < c and self._text(o) == "{"]
        return min(ends, default=len(self._tokens))


def _fills_row(table: MappedTable, fields: Collection[str]) -> bool:
    """Say whether fields are a whole row, the key and all that is never NULL: what an update would not set."""
    return bool(table.keys) and all(
        column.field in fields for column in table.columns if not column.type.startswith("Option<")
    )
