"""Find the texts that are given to SeaORM in one file: `Statement::from_…`, `execute_unprepared`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from shared.contracts.contract import Query, StructField
from shared.contracts.drivers.sea_orm.entities import DRIVER
from shared.contracts.drivers.sea_orm.writes import FindEntity
from shared.contracts.literals import split_arguments
from shared.contracts.reading import FoundQuery, Reading
from shared.contracts.rust_syntax import matching_angle, render
from shared.contracts.tokens import Token

_CONSTRUCTORS = {"from_string": 2, "from_sql_and_values": 3}
_OTHER_BACKENDS = frozenset({"MySql", "Sqlite"})
_CONVERSIONS = frozenset({"into", "to_owned", "clone"})
_FETCHES = {"one": "fetch_optional", "all": "fetch_all", "stream": "fetch_all"}
_MAX_LOOK_BACK = 40


class StatementFinder:
    """Finds the texts in one file.

    Args:
        reading: The file.
        entity: Finds entities by module.
        own: The file's own module.
    """

    def __init__(self, reading: Reading, entity: FindEntity, own: str) -> None:
        self._reading = reading
        self._tokens = reading.tokens
        self._text = reading.text
        self._entity = entity
        self._own = own

    def read(self) -> Iterator[FoundQuery]:
        """Give every text, in the order of the file."""
        for index, token in self._reading.source.where({*_CONSTRUCTORS, "execute_unprepared"}):
            before = self._text(index - 1)
            if token.text in _CONSTRUCTORS and before == "::" and self._text(index - 2) == "Statement":
                yield from self._statement(index)
            elif token.text == "execute_unprepared" and before == ".":
                arguments = split_arguments(self._reading.inside(index + 1) or ())
                query = msgspec.structs.replace(self._query(index, "client.batch_execute"), fetch="execute")
                if len(arguments) == 1:
                    yield from self._reading.found(self._reading.texts(arguments[0], index), query)

    def _query(self, index: int, macro: str) -> Query:
        token = self._tokens[index]
        file = self._reading.source.path
        return Query(file=file, line=token.line, column=token.column, macro=macro, sql="", driver=DRIVER)

    def _statement(self, index: int) -> Iterator[FoundQuery]:
        arguments = split_arguments(self._reading.inside(index + 1) or ())
        method = self._text(index)
        if len(arguments) != _CONSTRUCTORS[method]:
            return
        if _OTHER_BACKENDS.intersection(token.text for token in arguments[0]):
            return
        values = _elements(arguments[2]) if method == "from_sql_and_values" else []
        query = self._query(index, f"Statement.{method}")
        if values is not None:
            types = self._reading.argument_types([_unconverted(value) for value in values], index)
            constants = self._reading.constants([_unconverted(value) for value in values])
            query = msgspec.structs.replace(query, arguments=len(values), argument_types=types, constants=constants)
        fields, row = self._row(index)
        query = msgspec.structs.replace(query, fields=fields, result_type=row, fetch=self._fetch(index))
        yield from self._reading.found(self._reading.texts(arguments[1], index), query)

    def _row(self, index: int) -> tuple[tuple[StructField, ...], str]:
        """Give what rows are decoded into: `Load::find_by_statement(…)`, `Entity::find().from_raw_sql(…)`."""
        into = self._chained(index, "into_model")
        if into:
            return (), into
        for i in range(index - 1, max(0, index - _MAX_LOOK_BACK), -1):
            if self._text(i) in {";", "{", "}"}:
                break
            if self._text(i) == "find_by_statement" and self._text(i - 1) == "::":
                return self._fields(i - 2)
            if self._text(i) == "Entity" and self._text(i + 2) == "find":
                return self._fields(i)
        return (), ""

    def _fields(self, index: int) -> tuple[tuple[StructField, ...], str]:
        """Give the fields of `agent::Entity` or `agent::Model`; of another struct, its name."""
        name = self._text(index)
        if name not in {"Entity", "Model"}:
            return (), name
        module = self._text(index - 2) if self._text(index - 1) == "::" else self._own
        table = self._entity(module, self._reading.source.path)
        if table is None:
            return (), ""
        return tuple(StructField(name=column.name, type=column.type) for column in table.columns), f"{module}::Model"

    def _fetch(self, index: int) -> str:
        for method, fetch in _FETCHES.items():
            if self._chained(index, method) is not None:
                return fetch
        return ""

    def _chained(self, index: int, wanted: str) -> str | None:
        """Give the first type argument of a method that follows in the same statement; None where it does not."""
        depth = 0
        for i in range(index, min(index + 400, len(self._tokens))):
            text = self._text(i)
            depth += {"{": 1, "}": -1}.get(text, 0)
            if text == ";" or depth < 0:
                return None
            if text == wanted and self._text(i - 1) == "." and self._text(i + 1) in {"(", "::"}:
                if self._text(i + 2) == "<":
                    return render(self._tokens[i + 3 : matching_angle(self._tokens, i + 2)])
                return ""
        return None


def _elements(tokens: Sequence[Token]) -> list[Sequence[Token]] | None:
    """Give the elements of `[a, b]` or `vec![a, b]`; None when the values are made elsewhere."""
    if tokens and tokens[0].text == "vec":
        tokens = tokens[2:]
    is_array = len(tokens) > 1 and tokens[0].text == "[" and tokens[-1].text == "]"
    return split_arguments(tokens[1:-1]) if is_array else None


def _unconverted(tokens: Sequence[Token]) -> Sequence[Token]:
    """Leave out `.into()` and `Value::from(…)`."""
    texts = [token.text for token in tokens]
    while len(tokens) > 4 and texts[-2:] == ["(", ")"] and texts[-3] in _CONVERSIONS and texts[-4] == ".":  # noqa: PLR2004
        tokens, texts = tokens[:-4], texts[:-4]
    if texts[:4] == ["Value", "::", "from", "("] and texts[-1] == ")":
        tokens = tokens[4:-1]
    return tokens
