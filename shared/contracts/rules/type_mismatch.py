"""`contract-type-mismatch`: a column has a type that the Rust type does not decode.

`FromRow` compares types at run time; macros chose the Rust type when they were compiled and then decode whatever comes
(see `shared.contracts.rust_types`).
"""

from __future__ import annotations

from collections.abc import Iterator

from shared.contracts.case import Case
from shared.contracts.contract import Query, StructField, Verdict, VerdictStatus
from shared.contracts.drivers import postgres_types
from shared.contracts.drivers.diesel import types as diesel_types
from shared.contracts.facts import UNTOLD, QueryFacts, ResultColumn, SqlType
from shared.contracts.override import split_override
from shared.contracts.rule import ContractRule
from shared.contracts.rust_types import (
    Decoding,
    are_kin,
    decodes_checked,
    decodes_unchecked,
    macro_type,
)
from shared.contracts.statement import read_statements

_ID = "contract-type-mismatch"


def _judge(case: Case) -> Iterator[Verdict]:
    for query, facts, declared in case.results():
        if query.compiled:
            if declared:
                yield from _compiled(case, query, facts, declared)
        elif query.generated:
            if declared:
                yield from _generated(case, query, facts, declared)
        elif query.fetch != "execute":
            nulls = {name for statement in read_statements(query.sql) for name in statement.nulls}
            for field in case.fields(query) or ():
                column = _column(field, facts)
                # Types are compared only of values that are not NULL.
                if column and column.type != UNTOLD and column.name not in nulls:
                    yield from _decoded(case, query, field, column, declared)


def _compiled(case: Case, query: Query, facts: QueryFacts, declared: QueryFacts) -> Iterator[Verdict]:
    for there, here in zip(declared.columns, facts.columns, strict=False):
        if there.name != here.name or there.type == here.type or UNTOLD in {there.type, here.type}:
            continue
        name, override = split_override(here.name)
        rust = case.resolve(override.type, query.file) if override.type else macro_type(there.type)
        builtin = here.type.namespace == "pg_catalog"
        widens = case.widens_integers
        decoding = decodes_unchecked(rust, here.type, builtin=builtin, widens=widens) if rust else Decoding.UNKNOWN
        was = f"the column {name} is {here.type}, and {query.macro} was compiled for {there.type}"
        if decoding is Decoding.FAILS:
            yield case.verdict(query, _ID, was)
        elif decoding is Decoding.DEPENDS:
            yield case.verdict(query, _ID, f"{was}: some of its values do not decode", status=VerdictStatus.AT_RISK)
        elif decoding is Decoding.UNKNOWN:
            yield _untold(case, query, f"{was}: whether its values decode cannot be told", there.type, here.type)


def _untold(case: Case, query: Query, reason: str, there: SqlType, here: SqlType) -> Verdict:
    """Judge a Rust type that is not known: it takes the declared type, and hardly both."""
    return case.verdict(
        query, _ID, reason, status=VerdictStatus.UNVERIFIED if are_kin(there, here) else VerdictStatus.AT_RISK
    )


def _generated(case: Case, query: Query, facts: QueryFacts, declared: QueryFacts) -> Iterator[Verdict]:
    for there, here in zip(declared.columns, facts.columns, strict=False):
        if there.type == here.type:
            continue
        decoding = postgres_types.takes_generated(there.type, here.type)
        was = f"the column {here.name} is {here.type}, and {query.result_type} was generated for {there.type}"
        if decoding is Decoding.FAILS:
            yield case.verdict(query, _ID, was)
        elif decoding is Decoding.UNKNOWN:
            yield _untold(case, query, f"{was}: whether its values decode cannot be told", there.type, here.type)


def _decoded(
    case: Case, query: Query, field: StructField, column: ResultColumn, declared: QueryFacts | None
) -> Iterator[Verdict]:
    written = field.type or "a type that is not in sight"
    was = f"the column {column.name} is {column.type}, and {case.reader(query)} reads it as {written}"
    enum = case.enum_of(field.type, query.file) if query.driver != "diesel" else None  # whose types are SQL's
    if enum:
        if enum.type_name.rpartition(".")[2].strip('"').lower() != column.type.name.lower():
            yield case.verdict(query, _ID, f"{was}, stored as {enum.type_name}")
        return
    decoding = _decoding(case, query, field, column)
    if decoding is Decoding.FAILS:
        yield case.verdict(query, _ID, was)
    elif decoding is Decoding.DEPENDS:
        yield case.verdict(query, _ID, f"{was}: some of its values do not decode", status=VerdictStatus.AT_RISK)
    elif decoding is Decoding.UNKNOWN:
        there = _column(field, declared) if declared else None
        if there and there.type != column.type:
            reason = f"{was}; declared is {there.type}, and whether {written} decodes it cannot be told"
            yield _untold(case, query, reason, there.type, column.type)


def _decoding(case: Case, query: Query, field: StructField, column: ResultColumn) -> Decoding:
    if query.driver == "diesel":
        return diesel_types.decodes(field.type, column.type)
    rust = case.resolve(field.type, query.file)
    if rust and query.driver in postgres_types.DRIVERS:
        return postgres_types.takes(rust, column.type)
    return decodes_checked(rust, column.type) if rust else Decoding.UNKNOWN


def _column(field: StructField, facts: QueryFacts) -> ResultColumn | None:
    if field.name.isdecimal():
        position = int(field.name)
        return facts.columns[position] if position < len(facts.columns) else None
    return next((column for column in facts.columns if column.name == field.name), None)


RULE = ContractRule(id=_ID, title="A column has a type that the service does not decode", judge=_judge)
