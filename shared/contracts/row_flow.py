"""Find what one function reads of the rows of a query: `row.get("login")`, back to the call that the row comes from."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol

import msgspec

from shared.contracts.contract import Query, StructField
from shared.contracts.literals import split_arguments, string_value
from shared.contracts.reading import FoundQuery, Reading
from shared.contracts.row_results import type_of_result
from shared.contracts.rust_syntax import matching_angle, render, split_types
from shared.contracts.sites import owners_of
from shared.contracts.tokens import Token

_GETS = frozenset({"get", "try_get", "get_unchecked", "try_get_unchecked"})
_INDEX = re.compile(r"[0-9]+(?:usize)?\Z")
_WRAPPERS = frozenset({"Some", "Ok"})
_MAX_DEPTH = 6  # of names that stand for each other


def with_row_gets(reading: Reading, found: Iterable[FoundQuery], functions: RowFunctions) -> Iterator[FoundQuery]:
    """Add to the queries of a file what is read of their rows by hand.

    Args:
        reading: The file.
        found: Its queries.
        functions: Those of the service that rows are handed to.
    """
    listed = list(found)
    lines = {item.line for item in listed}
    tokens = enumerate(reading.tokens) if lines else ()
    places = {(token.line, token.column): index for index, token in tokens if token.line in lines}
    calls: dict[int, str] = {}
    for item in listed:
        if isinstance(item, Query) and not (item.result_type or item.compiled):
            index = places.get((item.line, item.column))
            if index is not None:
                calls[index] = item.driver
    gets = GetFinder(reading, calls, functions).read() if calls else {}
    for item in listed:
        fields = gets.get(places.get((item.line, item.column), -1)) if isinstance(item, Query) else None
        if isinstance(item, Query) and fields and not item.result_type:
            yield msgspec.structs.replace(item, fields=tuple(sorted(fields)))
        else:
            yield item


class HandedRow(msgspec.Struct, frozen=True):
    """What a function reads of a row that it is given.

    Args:
        position: Of the row among its arguments, without `self`.
        fields: What it reads.
    """

    position: int
    fields: frozenset[StructField]


class RowFunctions(Protocol):
    """The functions of a service that rows are handed to, and the methods that it gives rows."""

    @property
    def names(self) -> frozenset[str]:
        """Give their names, without those of the types that they belong to."""

    @property
    def getters(self) -> Mapping[str, str]:
        """Give the methods of rows that read the column which they are given, with the type that they read it as."""

    def reads(self, name: str, owner: str) -> HandedRow | None:
        """Give what a function reads of a row; None where the name does not tell which one is meant.

        Args:
            name: As it is called.
            owner: The type before it, `Job` of `Job::try_from`; or empty.
        """


class GetFinder:
    """Finds the reads of rows in one file, and the call whose rows they are.

    Args:
        reading: The file.
        calls: Driver by index of the token at which a query begins; or at which a parameter stands that is a row.
        functions: Those that rows are handed to.
    """

    def __init__(self, reading: Reading, calls: dict[int, str], functions: RowFunctions) -> None:
        self._reading = reading
        self._functions = functions
        self._tokens = reading.tokens
        self._text = reading.text
        self._closing = reading.source.closing
        self._opening = reading.source.opening
        self._calls = calls

    def read(self) -> dict[int, set[StructField]]:
        """Give what is read of the rows of each call."""
        found: defaultdict[int, set[StructField]] = defaultdict(set)
        getters = self._functions.getters
        for index, token in self._reading.source.where(_GETS | getters.keys()):
            if self._text(index - 1) != ".":
                continue
            opening, generics = self._generics(index + 1)
            arguments = split_arguments(self._reading.inside(opening) or ()) if self._text(opening) == "(" else []
            own = token.text in getters
            name = self._column(arguments[:1] if own else arguments)
            call = self._call(index) if name else None
            if own and name and call is not None:
                found[call].add(StructField(name=name, type=getters[token.text]))
            elif name and call is not None:
                position = 0 if self._calls[call] == "sqlx" else 1
                written = generics[position] if len(generics) > position else ""
                if written in {"", "_"}:
                    written = self._annotated(index, self._closing[opening]) or type_of_result(
                        self._reading.source, self._receiver(index), self._closing[opening]
                    )
                found[call].add(StructField(name=name, type=written))
        for index, token in self._reading.source.where(self._functions.names):
            handed = self._functions.reads(token.text, self._owner(index))
            call = self._handed(index, handed.position) if handed else None
            if handed and call is not None:
                found[call] |= handed.fields
        return found

    def _owner(self, index: int) -> str:
        """Give the type before `::name`; empty for a module or none."""
        before = self._text(index - 2) if self._text(index - 1) == "::" else ""
        if before != "Self":
            return before if before[:1].isupper() else ""
        around = (name for name, begin, end in self._reading.source.once(owners_of) if begin < index < end)
        return next(around, "")

    def _handed(self, index: int, position: int) -> int | None:
        """Give the call whose row is handed to the function named here: `f(&row)`, or `rows.map(f)`."""
        if self._text(index - 1) == "fn":
            return None
        opening = self._generics(index + 1)[0]
        if self._text(opening) == "(" and opening in self._closing:
            arguments = split_arguments(self._reading.inside(opening) or ())
            before = sum(len(argument) + 1 for argument in arguments[:position])
            begin = opening + 1 + before
            return self._within(begin, begin + len(arguments[position]), 0) if position < len(arguments) else None
        opening = self._around(index)
        given = self._closing.get(opening) == index + 1 and self._text(opening - 2) == "."
        return self._within(self._begin_of_statement(opening), opening, 0) if given else None

    def _generics(self, index: int) -> tuple[int, list[str]]:
        if self._text(index) != "::":
            return index, []
        end = matching_angle(self._tokens, index + 1)
        return end + 1, [render(part) for part in split_types(self._tokens[index + 2 : end])]

    def _column(self, arguments: list[Sequence[Token]]) -> str:
        """Give the column's name, or its number as text; empty when it is not in the source."""
        if len(arguments) != 1 or len(arguments[0]) != 1:
            return ""
        token = arguments[0][0]
        if token.is_string:
            return string_value(token) or ""
        return token.text.removesuffix("usize") if _INDEX.match(token.text) else ""

    def _call(self, index: int) -> int | None:
        """Give the call whose row stands before `.get`."""
        receiver = self._receiver(index)
        if self._tokens[receiver].is_name and self._text(receiver - 1) != ".":
            return self._origin(self._text(receiver), receiver, 0)
        return self._within(self._begin_of_statement(index), index, 0)

    def _receiver(self, index: int) -> int:
        """Give the name before `.get`: of `row`, or of `rows[0]`."""
        closing = index - 2
        return self._opening[closing] - 1 if self._text(closing) == "]" and closing in self._opening else closing

    def _origin(self, name: str, index: int, depth: int) -> int | None:
        """Give the call that a name's value comes from."""
        bound = self._bound(name, index)
        return self._within(*bound, depth) if bound and depth < _MAX_DEPTH else None

    def _within(self, begin: int, end: int, depth: int) -> int | None:
        """Give the one call in an expression, or the one that its names come from."""
        calls = [index for index in self._calls if begin <= index < end]
        if calls:
            return calls[0] if len(calls) == 1 else None
        for index in range(begin, end):
            token = self._tokens[index]
            if token.is_name and self._text(index - 1) not in {".", "::"} and self._text(index + 1) != "::":
                call = self._origin(token.text, begin, depth + 1)
                if call is not None:
                    return call
        return None

    def _bound(self, name: str, index: int) -> tuple[int, int] | None:
        """Walk back to what binds a name; give the expression that it comes from."""
        i = index - 1
        while i >= 0 and self._text(i) != "fn":
            if self._text(i) == "}" and i in self._opening:
                i = self._opening[i]
            elif self._text(i) == name and self._tokens[i].is_name:
                expression = (i, i + 1) if i in self._calls else self._bound_at(i, index)  # a parameter is a row itself
                if expression is not None:
                    return expression
            i -= 1
        return None

    def _bound_at(self, i: int, index: int) -> tuple[int, int] | None:
        before = self._text(i - 1)
        if before == "for":
            return i + 2, self._next(i, {"{"})
        is_named = before == "|" and self._text(i - 2) == "="
        in_tuple = [self._text(i + 1), self._text(i + 2)] == [")", "|"]  # .map(|(id, row)| …)
        if (
            (before == "|" and not is_named)
            or (before in {",", "&"} and self._text(i + 1) in {"|", ","})
            or (before in {",", "("} and in_tuple)
        ):
            opening = self._around(self._around(i) if in_tuple else i)
            inside = opening >= 0 and self._closing.get(opening, 0) > index
            return (self._begin_of_statement(opening), opening) if inside else None
        if is_named:
            return self._given_away(self._text(i - 3), index)
        pattern = i
        while self._text(pattern - 1) == "(" and self._text(pattern - 2) in _WRAPPERS:
            pattern -= 2
        if self._text(pattern - 1) == "mut":
            pattern -= 1
        if self._text(pattern - 1) == "let":
            equals = self._next(pattern, {"=", ";"})
            return equals + 1, self._next(equals + 1, {";", "{", "else"})
        if pattern != i and self._text(self._closing.get(i - 1, i) + 1) in {"=>", ")", "if"}:
            return self._matched(i)
        return None

    def _given_away(self, closure: str, index: int) -> tuple[int, int] | None:
        """Give the expression before `.map(closure)`, the first call that a closure with a name is given to."""
        for i in range(index, len(self._tokens)):
            if self._text(i) == "fn":
                return None
            if self._text(i) == closure and self._text(i - 1) == "(" and self._text(i + 1) == ")":
                return self._begin_of_statement(i - 1), i - 1
        return None

    def _matched(self, i: int) -> tuple[int, int] | None:
        """Give EXPR of `match EXPR { Some(name) => …`."""
        opening = self._around(i, "{")
        begin = opening
        while begin > 0 and self._text(begin) not in {"match", ";", "}"}:
            begin -= 1
        return (begin + 1, opening) if opening > 0 and self._text(begin) == "match" else None

    def _around(self, index: int, bracket: str = "(") -> int:
        """Give the innermost opening bracket of a kind around a token; -1 for none."""
        around = [begin for begin, end in self._closing.items() if begin < index < end and self._text(begin) == bracket]
        return max(around, default=-1)

    def _next(self, index: int, wanted: set[str]) -> int:
        """Give the next of some tokens that stands in no bracket of its own."""
        while index < len(self._tokens) and self._text(index) not in wanted:
            index = self._closing.get(index, index) + 1
        return index

    def _begin_of_statement(self, index: int) -> int:
        """Give the first token of the statement that a token stands in."""
        i = index - 1
        while i >= 0 and self._text(i) not in {";", "{", "(", "[", ",", "=>", "="}:
            i = self._opening.get(i, i) - 1
        return i + 1

    def _annotated(self, index: int, closing: int) -> str:
        """Give T of `let name: T = row.get(…)`, or the type of the field of a struct that is filled with it."""
        after = closing + 1
        while self._text(after) in {"?", ".", "await"}:
            after += 1
        if self._text(after) not in {";", ",", "}"}:
            return ""
        begin = self._begin_of_statement(index)
        if self._text(begin - 1) == "=":
            let = begin - 1
            while let > 0 and self._text(let) not in {"let", ";", "{", "}"}:
                let -= 1
            colon = next((i for i in range(let, begin) if self._text(i) == ":"), 0)
            return render(self._tokens[colon + 1 : begin - 1]) if self._text(let) == "let" and colon else ""
        if self._text(begin + 1) == ":":
            struct = self._around(begin, "{")
            return self._reading.field_type(self._text(struct - 1), self._text(begin))
        return ""
