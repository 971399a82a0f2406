"""What the functions of a stand-in do: they give some value of the right type, and never fail.

One that raised would fail the default of an INSERT, and one that gave NULL would fail NOT NULL. Values are random where
the real function is volatile and depend on the arguments otherwise, as far as the type lets them: so a unique key has
no duplicates.

The values of a stand-in's base types are texts. What only PostgreSQL itself calls (input, output, support of an index)
is one of PostgreSQL's own functions on texts, so that columns take rows and indexes can be built over them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from shared.embedded.stand_ins.facts import ExtensionFacts, MemberOperator, MemberRoutine
from shared.sql import quote_identifier, quote_literal


class Text(msgspec.Struct, frozen=True):
    """A base type whose values are texts.

    Args:
        reads: Calls its input function; `{}` stands for a cstring.
        writes: Calls its output function; `{}` stands for a value.
    """

    reads: str
    writes: str


ALWAYS_NULL = "LANGUAGE internal AS 'pg_last_wal_receive_lsn'"
"""NULL whatever the arguments are, on a server that is no standby: it looks at none of them."""
_ALWAYS_FALSE = "LANGUAGE internal AS 'pg_is_in_recovery'"
_ALWAYS_A_NUMBER = "LANGUAGE internal AS 'dpi'"
_FIRST_ARGUMENT = "LANGUAGE internal AS 'int8up'"
"""What it is given, a pointer as well as a number."""
_NO_SQL = frozenset({"internal", "cstring", "cstring[]", '"any"', "anyelement", "anyarray", "fdw_handler"})
"""Types of functions that are made of PostgreSQL's own: SQL and PL/pgSQL cannot have them, or have no value of them."""
_SELECTIVITY = {
    ("internal", "oid", "internal", "integer"): "contsel",
    ("internal", "oid", "internal", "smallint", "internal"): "contjoinsel",
}
_COMPARISONS = {"=": "byteaeq", "<>": "byteane", "<": "bytealt", "<=": "byteale", ">": "byteagt", ">=": "byteage"}
_TRIGRAMS = "LANGUAGE c AS '$libdir/pg_trgm', '{}'"
_SUPPORT = {
    ("btree", 1): "LANGUAGE internal AS 'byteacmp'",
    ("btree", 2): "LANGUAGE internal AS 'bytea_sortsupport'",
    ("btree", 4): "LANGUAGE internal AS 'btequalimage'",
    ("hash", 1): "LANGUAGE internal AS 'hashvarlena'",
    ("hash", 2): "LANGUAGE internal AS 'hashvarlenaextended'",
    ("gist", 1): _ALWAYS_FALSE,
    **{
        ("gist", number): _TRIGRAMS.format(f"gtrgm_{name}")
        for number, name in enumerate(("union", "compress", "decompress", "penalty", "picksplit", "same"), 2)
    },
    ("gist", 8): _ALWAYS_A_NUMBER,
    ("gist", 9): _FIRST_ARGUMENT,
    ("gist", 11): "LANGUAGE internal AS 'bytea_sortsupport'",
    ("gist", 10): _TRIGRAMS.format("gtrgm_options"),
    **{
        ("spgist", number): f"LANGUAGE internal AS 'spg_text_{name}'"
        for number, name in enumerate(("config", "choose", "picksplit", "inner_consistent"), 1)
    },
    ("spgist", 5): _ALWAYS_FALSE,
    ("spgist", 6): _FIRST_ARGUMENT,
    ("brin", 2): _ALWAYS_FALSE,
}
"""Access method and number of a support function → one that works on texts."""
_RANDOM = {
    "uuid": "pg_catalog.gen_random_uuid()",
    "bytea": "pg_catalog.uuid_send(pg_catalog.gen_random_uuid())",
    "text": "pg_catalog.gen_random_uuid()::text",
}
_OF_ARGUMENTS = {
    "uuid": "pg_catalog.md5({row})::uuid",
    "bytea": "pg_catalog.sha256(pg_catalog.convert_to({row}, 'UTF8'))",
    "text": "pg_catalog.md5({row})",
}
_TEXT = Text(reads="", writes="pg_catalog.textout({})")
_CONSTANT = {
    "smallint": "0",
    "integer": "0",
    "bigint": "0",
    "real": "0",
    "double precision": "0",
    "numeric": "0",
    "oid": "0",
    "date": "'2000-01-01'",
    "timestamp with time zone": "'2000-01-01 00:00:00+00'",
    "timestamp without time zone": "'2000-01-01 00:00:00'",
    "interval": "'0'",
    "inet": "'127.0.0.1'",
    "json": "'{}'",
    "jsonb": "'{}'",
    "box": "'(0,0),(0,0)'",
    "point": "'(0,0)'",
    "name": "''",
    "text": "''",
    "character varying": "''",
    "xml": "'<standin/>'",
}


def texts_of(facts: ExtensionFacts) -> dict[str, Text]:
    """Give the base types of an extension whose values are texts."""
    inputs = {routine.name: routine.inputs for routine in facts.routines if not routine.namespace}
    rest = {1: "", 2: ", 0", 3: ", 0, -1"}
    return {
        made.name: Text(
            reads=f"{quote_identifier(made.input)}({{}}{rest[len(inputs[made.input])]})",
            writes=f"{quote_identifier(made.output)}({{}})",
        )
        for made in facts.types
        if made.sort == "base" and made.name not in numbers(facts)
    }


class Bodies:
    """Gives each function of an extension its body.

    Args:
        facts: The extension.
        texts: The base types of it and of the extensions that it requires whose values are texts.
    """

    def __init__(self, facts: ExtensionFacts, texts: Mapping[str, Text]) -> None:
        self._texts = texts
        self._of_operators = frozenset(f"{each.function}({_operands(each)})" for each in facts.operators)
        self._known = dict(_of_operators(facts, texts)) | dict(_of_types(facts)) | dict(_of_classes(facts, texts))

    def of(self, routine: MemberRoutine) -> str:
        """Give the language and the body of a function or a procedure."""
        known = self._known.get(signature(routine)) or self._known.get(routine.name if not routine.namespace else "")
        if known is not None:
            return known
        if routine.sort == "window" or _NO_SQL & {*routine.inputs, routine.returns}:
            return _unseen(routine)
        if routine.sort == "procedure" or routine.returns in {"void", "event_trigger"}:
            return _plpgsql("")
        return _plpgsql("RETURN new;") if routine.returns == "trigger" else self._of_values(routine)

    def _of_values(self, routine: MemberRoutine) -> str:
        if routine.returns == "record" and not routine.columns:
            return _plpgsql("RETURN;" if routine.returns_set else "RETURN NULL;")
        if "record" in routine.inputs:  # which no function in SQL takes
            return _plpgsql(f"RETURN {_constant(routine.returns)};")
        if routine.returns_set or routine.columns:
            return _sql(_columns(routine))
        # A query with a LIMIT is not inlined: where an expression may stand, the function says of itself.
        return _sql(f"SELECT {self._value(routine)} LIMIT 1")

    def _value(self, routine: MemberRoutine) -> str:
        kind = routine.returns
        if kind in self._texts:
            return self._text(routine)
        if kind == "boolean":  # a CHECK takes rows; an operator agrees with an index, which finds nothing
            return "false" if signature(routine) in self._of_operators else "true"
        if routine.volatility == "volatile" and kind in _RANDOM:
            return _RANDOM[kind]
        if kind in _OF_ARGUMENTS:
            return _OF_ARGUMENTS[kind].format(row=_row(routine))
        return f"{_constant(kind)}::{kind}"

    def _text(self, routine: MemberRoutine) -> str:
        """Give the first argument of that type, or the first text as one of it: so a cast keeps what was written."""
        written = {"text": _TEXT, **self._texts}
        taken = [(kind, f"${number}") for number, kind in enumerate(routine.inputs, 1) if kind in written]
        own = next((value for kind, value in taken if kind == routine.returns), "")
        kind, value = taken[0] if taken else ("text", f"pg_catalog.md5({_row(routine)})")
        return own or self._texts[routine.returns].reads.format(written[kind].writes.format(value))


def _operands(operator: MemberOperator) -> str:
    return f"{operator.left}, {operator.right}" if operator.left else operator.right


def _row(routine: MemberRoutine) -> str:
    listed = ", ".join(f"${number}" for number, _ in enumerate(routine.inputs, 1))
    return f"ROW({listed})::text" if listed else quote_literal(routine.name)


def signature(routine: MemberRoutine) -> str:
    """Name a routine of the extension's own namespace with its argument types, as facts about others do."""
    qualified = f"{routine.namespace}." if routine.namespace else ""
    return f"{qualified}{routine.name}({', '.join(routine.inputs)})"


def _sql(query: str) -> str:
    """Give a body that is read when the function is made: names in it do not depend on who calls it."""
    return f"LANGUAGE sql BEGIN ATOMIC {query}; END"


def _plpgsql(statements: str) -> str:
    return f"LANGUAGE plpgsql AS {quote_literal(f'BEGIN {statements} END')}"


def _constant(kind: str) -> str:
    return "'{}'" if kind.endswith("[]") else _CONSTANT.get(kind, "NULL")


def _columns(routine: MemberRoutine) -> str:
    listed = ", ".join(f"NULL::{kind}" for kind in routine.columns or (routine.returns,))
    return f"SELECT {listed} WHERE false" if routine.returns_set else f"SELECT {listed} LIMIT 1"


def _unseen(routine: MemberRoutine) -> str:
    """Give the body of a function that no statement of a person calls."""
    if routine.returns == "double precision":
        chosen = _SELECTIVITY.get(routine.inputs)
        return f"LANGUAGE internal AS '{chosen}'" if chosen else _ALWAYS_A_NUMBER
    return _ALWAYS_FALSE if routine.returns == "boolean" else ALWAYS_NULL


def numbers(facts: ExtensionFacts) -> frozenset[str]:
    """Name the types whose values are those of a bigint: PostgreSQL takes one for the other without a function."""
    return frozenset(made.target for made in facts.casts if made.way == "binary" and made.source == "bigint")


def _of_types(facts: ExtensionFacts) -> Iterator[tuple[str, str]]:
    for made in facts.types:
        like = "int8" if made.name in numbers(facts) else "text"
        named = {made.input: f"{like}in", made.output: f"{like}out"}
        named |= {made.receive: f"{like}recv", made.send: f"{like}send"}
        # How a modifier is printed is looked up: see `modifiers`.
        named |= {made.modifier_input: "varchartypmodin", made.modifier_output: "enum_out"}
        for name, symbol in named.items():
            if name and made.sort == "base":
                yield name, f"LANGUAGE internal AS '{symbol}'"


def _of_operators(facts: ExtensionFacts, texts: Mapping[str, Text]) -> Iterator[tuple[str, str]]:
    for operator in facts.operators:
        if operator.name in _COMPARISONS and {operator.left, operator.right} <= texts.keys():
            symbol = _COMPARISONS[operator.name]
            yield f"{operator.function}({_operands(operator)})", f"LANGUAGE internal AS '{symbol}'"


def _of_classes(facts: ExtensionFacts, texts: Mapping[str, Text]) -> Mapping[str, str]:
    return {
        function.function: _SUPPORT[indexed.method, function.number]
        for indexed in facts.classes
        for function in indexed.functions
        if indexed.type in texts and (indexed.method, function.number) in _SUPPORT
    }
