"""Find types whose mapping the service wrote itself by handing on to another: `<String as Type<_>>::type_info()`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from shared.contracts.contract import TypeAlias
from shared.contracts.rust_syntax import render
from shared.contracts.sites import owners_of
from shared.contracts.tokens import Source

_SAY_THE_TYPE = {"Type": ("type_info", "compatible"), "ToSql": ("accepts",), "FromSql": ("accepts",)}
"""By trait, the methods that say which types of PostgreSQL's a type takes; without `compatible` it is that one."""
_HEAD_TOKENS = 40
_RUST_OF = {
    "BOOL": "bool", "INT2": "i16", "INT4": "i32", "INT8": "i64", "FLOAT4": "f32", "FLOAT8": "f64", "TEXT": "String",
    "VARCHAR": "String", "BYTEA": "Vec<u8>", "UUID": "Uuid", "NUMERIC": "Decimal", "TIMESTAMPTZ": "DateTime",
    "TIMESTAMP": "NaiveDateTime", "DATE": "NaiveDate", "JSON": "Value", "JSONB": "Value", "INET": "IpAddr",
}  # fmt: skip


def delegated_types(source: Source) -> Iterator[TypeAlias]:
    """Give another name for each type of a file whose mapping is one other type's in all that it implements."""
    if not source.names({*_SAY_THE_TYPE}):
        return
    found: defaultdict[str, set[str]] = defaultdict(set)
    for owner, begin, end in source.once(owners_of):
        for method in _methods_of(source, begin):
            if method != "compatible" or any(token.text == method for token in source.tokens[begin:end]):
                found[owner].add(_handed_on(source, method, begin, end))
    for owner, types in found.items():
        if len(types) == 1 and "" not in types:
            yield TypeAlias(name=owner, file=source.path, type=types.pop())


def _methods_of(source: Source, brace: int) -> tuple[str, ...]:
    """Give the methods that say the type in the `impl` whose braces begin here; nothing for another trait."""
    head = [token.text for token in source.tokens[max(0, brace - _HEAD_TOKENS) : brace]]
    head = head[len(head) - 1 - head[::-1].index("impl") :] if "impl" in head else []
    before = head[: head.index("for")] if "for" in head else []
    traits = [word for word in before if word in _SAY_THE_TYPE]
    of_postgres = traits != ["Type"] or "Postgres" in before or "DB" in before
    return _SAY_THE_TYPE[traits[-1]] if traits and of_postgres else ()


def _handed_on(source: Source, method: str, begin: int, end: int) -> str:
    """Give T of `<T as …>::method(…)`, `T::method(…)` or `accepts!(…)` between two braces; empty for anything else."""
    tokens, opening = source.tokens, source.opening
    for index in range(begin, end):
        before = tokens[index - 1].text
        if tokens[index].text != method or before == "fn":
            continue
        if tokens[index + 1].text == "!":
            return _RUST_OF.get(tokens[index + 3].text, "")
        if before != "::" or tokens[index + 1].text != "(":
            continue
        body = opening.get(source.closing[index + 1] + 1, index)  # what the function does is this alone, or it is not
        first = body + 1
        if tokens[body].text == "{" and tokens[index - 2].text != ">":
            return tokens[first].text if first == index - 2 else ""
        if tokens[body].text == "{" and tokens[first].text == "<":
            inside = [token.text for token in tokens[first + 1 : index - 2]]
            return render(tokens[first + 1 : first + 1 + inside.index("as")]) if "as" in inside else ""
        return ""
    return ""
