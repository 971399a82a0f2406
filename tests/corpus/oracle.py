"""PostgreSQL as the oracle: run a service's calls on a database with rows, and decode what comes as its driver does."""

from __future__ import annotations

import io
import itertools
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import asyncpg

from shared.sql import quote_literal
from tests.corpus.calls import ROLE, Call, Service, Value, bare_type
from tests.corpus.decoding import RULES, SENT, Column, why_not_decoded, why_not_sent

_TYPES_NOW = (Path(__file__).parent / "queries/types_now.sql").read_text()
_PARAMETER_TYPES = "SELECT t::regtype::text FROM pg_prepared_statements, unnest(parameter_types) t WHERE name = $1"
SILENT = "nothing is refused, but there are"
"""How a difference begins that no error shows."""
_UNPREPARED = frozenset({"script", "copy in", "copy out"})
_NUMBERS = itertools.count()
_SHORT = {
    "bigint": "int8", "integer": "int4", "smallint": "int2", "boolean": "bool", "real": "float4", "character": "bpchar",
    "double precision": "float8", "character varying": "varchar", "timestamp with time zone": "timestamptz",
    "timestamp without time zone": "timestamp", "character varying[]": "varchar[]",
}  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    """What became of a call.

    Args:
        refused: Why it failed; empty when it did not.
        rows: How many rows came, or were affected.
        values: What came, as texts.
    """

    refused: str = ""
    rows: int = 0
    values: tuple[tuple[str, ...], ...] = ()


async def run_calls(connection: asyncpg.Connection, service: Service) -> dict[Call, Outcome]:
    """Run each call by itself, as the service's role; nothing of it stays."""
    types = {row["name"]: row for row in await connection.fetch(_TYPES_NOW)}
    outcomes = {}
    for call in service.calls:
        for variant in _with_every_label(call, service):  # the first that fails speaks for the call
            outcomes[call] = await _alone(connection, service, variant, types)
            if outcomes[call].refused:
                break
    return outcomes


def _with_every_label(call: Call, service: Service) -> Iterator[Call]:
    """Give a call that sends a Rust enum once for each label, ending with the one it was written with."""
    for number, send in enumerate(call.sends):
        own = service.types.get(bare_type(send.type))
        for label in own.labels if own else ():
            sends = list(call.sends)
            sends[number] = replace(send, sent=label)
            yield replace(call, sends=tuple(sends))
    yield call


async def _alone(connection: asyncpg.Connection, service: Service, call: Call, types: dict) -> Outcome:
    transaction = connection.transaction()
    await transaction.start()
    try:
        await connection.execute(f"SET LOCAL ROLE {ROLE}")
        return await _run(connection, service, call, types)
    except asyncpg.PostgresError as error:
        return Outcome(f"{error.sqlstate} {error.args[0]}")
    finally:
        await transaction.rollback()


def what_broke(call: Call, before: Outcome, after: Outcome) -> str:
    """Say what a drift did to a call that worked before it; empty when nothing."""
    if after.refused:
        return after.refused
    if bool(before.rows) != bool(after.rows):
        return f"{SILENT} {before.rows} rows before, {after.rows} now"
    return more_than_one(call, before, after)


def steady_columns(one: Outcome, other: Outcome) -> frozenset[int]:
    """Give the positions of the columns in which the same values come twice; others come of the clock, or of chance."""
    columns = zip(zip(*one.values, strict=True), zip(*other.values, strict=True), strict=False)
    return frozenset(position for position, (once, again) in enumerate(columns) if once == again)


def other_values(before: Outcome, after: Outcome, steady: Collection[int]) -> str:
    """Say that other values come than before, of a drift that leaves every row as it is; empty when the same come.

    Args:
        before: What came.
        after: What comes now.
        steady: The columns that are compared.
    """
    were, are = ([[row[position] for position in steady] for row in outcome.values] for outcome in (before, after))
    return "" if were == are else f"{SILENT} other values than before"


def more_than_one(call: Call, before: Outcome, after: Outcome) -> str:
    """Say that several rows come where one is expected; empty when they do not."""
    several = call.fetch in {"one", "optional"} and after.rows > max(1, before.rows)
    return f"{SILENT} {after.rows} rows where one is expected" if several else ""


async def _run(connection: asyncpg.Connection, service: Service, call: Call, types: dict) -> Outcome:
    if call.by in _UNPREPARED:
        return Outcome(rows=await _unprepared(connection, call))
    rules = RULES[call.by]
    declared = (
        "" if rules.infers or not call.sends else f"({', '.join(_sent(each, service, call.by) for each in call.sends)})"
    )
    name = f"call_{next(_NUMBERS)}"  # what is prepared outlives the transaction
    await connection.execute(f"PREPARE {name}{declared} AS {call.sql}")
    inferred = [_SHORT.get(row[0], row[0]) for row in await connection.fetch(_PARAMETER_TYPES, name)]
    if rules.infers:
        for send, wanted in zip(call.sends, inferred, strict=True):
            if refused := why_not_sent(send, service.types, _column("", wanted, types)):
                return Outcome(refused)
    sent = ", ".join(_value(each, wanted) for each, wanted in zip(call.sends, inferred, strict=True))
    execute = f"EXECUTE {name}({sent})" if sent else f"EXECUTE {name}"
    if not call.reads:
        status = await connection.execute(execute)
        return Outcome(rows=int(status.rpartition(" ")[2]))
    statement = await connection.prepare(execute)
    columns = [_column(each.name, each.type.name, types) for each in statement.get_attributes()]
    rows = [tuple(row.values()) for row in await statement.fetch()]
    values = tuple(tuple(map(str, row)) for row in rows)
    return Outcome(_undecoded(call, service, columns, rows), len(rows), values)


async def _unprepared(connection: asyncpg.Connection, call: Call) -> int:
    """Run a script or a COPY; give the number of rows that the last statement says, if it says any."""
    if call.by == "copy in":
        status = await connection._copy_in(call.sql, io.BytesIO(f"{call.sends[0].sent}\n".encode()), None)
    elif call.by == "copy out":
        status = await connection._copy_out(call.sql, io.BytesIO(), None)
    else:
        status = await connection.execute(call.sql)
    number = status.rpartition(" ")[2]
    return int(number) if number.isdigit() else 0


def _undecoded(call: Call, service: Service, columns: list[Column], rows: list[tuple]) -> str:
    by_name: dict[str, int] = {}
    for number, column in enumerate(columns):
        by_name.setdefault(column.name, number)
    for read in call.reads:
        number = int(read.name) if read.name.isdigit() else by_name.get(read.name, -1)
        if not 0 <= number < len(columns):
            return f"there is no column {read.name}"
        for row in rows:
            if why := why_not_decoded(call.by, read, service.types, columns[number], row[number]):
                return f"{read.name}: {why}"
    return ""


def _sent(send: Value, service: Service, by: str) -> str:
    """Give the type that is sent with a value; SeaORM sends labels as texts and casts them."""
    rust = bare_type(send.type)
    if rust in service.types:
        return "text" if by == "sea-orm" else service.types[rust].name
    return SENT[rust]


def _value(send: Value, name: str) -> str:
    """Write a value of a type for EXECUTE."""
    return "NULL" if send.sent is None else f"{quote_literal(send.sent)}::{name}"


def _column(name: str, type_name: str, types: dict) -> Column:
    found = types.get(type_name)
    if found is None:
        return Column(name, type_name)
    attributes = tuple(tuple(each.split(":")) for each in found["attributes"])
    return Column(name, type_name, tuple(found["labels"]), attributes)
