"""Read the SQL functions that a diesel service declares: `define_sql_function!(fn canon(x: Text) -> Text)`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from shared.contracts.contract import Query
from shared.contracts.drivers.diesel.tables import DRIVER
from shared.contracts.drivers.diesel.types import sent_type
from shared.contracts.literals import string_value
from shared.contracts.rust_syntax import read_attributes, render, split_types
from shared.contracts.rust_types import parse_rust_type
from shared.contracts.tokens import Source, Token, match_brackets

_MACROS = frozenset({"define_sql_function", "sql_function", "sql_function_proc"})
_ATTRIBUTES = frozenset({"declare_sql_function"})


def read_functions(source: Source, sql_types: Mapping[str, str]) -> Iterator[Query]:
    """Give the call of each function that a file declares; none of a function with parameters of any type.

    Args:
        source: The file.
        sql_types: PostgreSQL's name of each SQL type that the service defines.
    """
    for inside in _declarations(source):
        closing = match_brackets(tuple(inside))
        for index, token in enumerate(inside[:-2]):
            opening = index + 2
            if token.text == "fn" and inside[opening].text == "(" and opening in closing:
                parameters = split_types(inside[opening + 1 : closing[opening]])
                types = [_sent(parameter, sql_types) for parameter in parameters]
                if all(types):
                    yield _call(source, inside[index + 1], _attributes(inside, index), types)


def _declarations(source: Source) -> Iterator[Sequence[Token]]:
    """Give what stands in each macro, and in each `extern` block under the attribute of diesel 2.3."""
    tokens = source.tokens
    for index, token in source.where(_MACROS | _ATTRIBUTES):
        if index + 2 >= len(tokens):
            break
        if token.text in _MACROS and tokens[index + 1].text == "!" and index + 2 in source.closing:
            yield tokens[index + 3 : source.closing[index + 2]]
        elif token.text in _ATTRIBUTES and tokens[index + 1].text == "]":
            body = next((i for i in range(index, min(index + 8, len(tokens))) if tokens[i].text == "{"), 0)
            if body in source.closing:
                yield tokens[body + 1 : source.closing[body]]


def _attributes(tokens: Sequence[Token], index: int) -> dict[str, str]:
    """Give the attributes before a `fn`, each with its text: `#[sql_name = "r.hot_rank"]`."""
    begin = index
    while begin > 0 and tokens[begin - 1].text not in {";", "}"}:
        begin -= 1
    closing = match_brackets(tuple(tokens[begin:index]))
    groups = [tokens[begin + opening + 1 : begin + end] for opening, end in sorted(closing.items())]
    found = {}
    for attribute in read_attributes(groups):
        value = attribute.entries.get("", ())
        found[attribute.name] = (string_value(value[0]) or "") if value and value[0].is_string else ""
    return found


def _sent(parameter: Sequence[Token], sql_types: Mapping[str, str]) -> str:
    """Give PostgreSQL's name of a parameter's type; empty where any type may be given, or it is not known."""
    colon = next((i for i, token in enumerate(parameter) if token.text == ":"), 0)
    written = render(parameter[colon + 1 :]) if colon else ""
    rust = parse_rust_type(written)
    own = sql_types.get(rust.name)
    return (f"{own}[]" if rust.array else own) if own else sent_type(written)


def _call(source: Source, name: Token, attributes: Mapping[str, str], types: Sequence[str]) -> Query:
    called = attributes.get("sql_name") or name.text.removeprefix("r#")  # diesel writes it as it is, without quotes
    parameters = ", ".join(f"${number}" for number in range(1, len(types) + 1))
    only_window = "window" in attributes and "aggregate" not in attributes
    return Query(
        file=source.path, line=name.line, column=name.column, macro="diesel.function",
        sql=f"SELECT {called}({parameters})" + (" OVER ()" if only_window else ""), fetch="execute", driver=DRIVER,
        sent_types=tuple(types), mapping=name.text,
    )  # fmt: skip
