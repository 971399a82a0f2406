"""Find the values that INSERTs and UPDATEs of a contract write into columns, as far as they are certain."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from shared.contracts.contract import Contract, Query
from shared.contracts.facts import CheckProbe, CheckValue
from shared.contracts.relations import Relations
from shared.contracts.statement import Value, ValueKind, Write, read_statements
from shared.schema.identity import QualifiedName
from shared.schema.relations import Column

_TEXT_DEFAULT = re.compile(r"'((?:[^'\\]|'')*)'::[\w .\"]+(?:\(\d+\))?\Z")
DOMAIN_VALUE = "value"
"""What a CHECK of a domain calls the value, as an unquoted identifier."""
_PLAIN_DEFAULT = re.compile(r"-?\d+(?:\.\d+)?|true|false")


class TableWrite(msgspec.Struct, frozen=True, kw_only=True):
    """One statement that writes to a table of the shape.

    Args:
        query: Where it stands.
        write: What the statement says.
        table: The table it means.
        columns: The columns written, also where the statement does not list them; empty when that is not known.
    """

    query: Query
    write: Write
    table: QualifiedName
    columns: tuple[str, ...]

    def values(self) -> Iterator[dict[str, Value]]:
        """Give, per row, the value of each column written; bound constants are put in."""
        bound = {constant.position: constant.value for constant in self.query.constants}
        for row in self.write.rows:
            yield {
                column: Value(ValueKind.CONSTANT, bound[value.number]) if value.number in bound else value
                for column, value in zip(self.columns, row, strict=False)
            }


def table_writes(query: Query, relations: Relations) -> Iterator[TableWrite]:
    """Give the writes of a query to tables whose rows no trigger or rule changes."""
    for statement in read_statements(query.sql):
        for write in statement.writes:
            target = relations.target(write.table, _event(write))
            if target is not None:
                table, names = target
                columns = tuple(names.get(column, "") for column in write.columns)
                if write.verb == "insert" and not columns and write.rows:
                    columns = relations.column_order(table)[: len(write.rows[0])]
                yield TableWrite(query=query, write=write, table=table, columns=columns)


def triggered_writes(query: Query, relations: Relations) -> Iterator[TableWrite]:
    """Give the writes of a query to tables whose triggers or rules may change the rows."""
    for statement in read_statements(query.sql):
        for write in statement.writes:
            table = relations.table(write.table)
            if table is not None and relations.rewrites_rows(table, _event(write)):
                yield TableWrite(query=query, write=write, table=table, columns=write.columns)


def _event(write: Write) -> str:
    return "INSERT" if write.verb.startswith("insert") else "UPDATE"


def check_probes(contract: Contract, relations: Relations) -> tuple[CheckProbe, ...]:
    """Give every CHECK constraint whose columns some statement fixes to constants, for PostgreSQL to evaluate."""
    found = {
        probe
        for query in contract.queries
        for written in table_writes(query, relations)
        for probe in (*probes_of(written, relations), *domain_probes_of(written, relations))
    }
    return tuple(sorted(found, key=_probe_order))


def _probe_order(probe: CheckProbe) -> tuple[str, ...]:
    values = (f"{v.column}\0{v.type}\0{v.value is None}\0{v.value}" for v in probe.values)
    return (probe.namespace, probe.table, probe.constraint, probe.expression, *values)


def probes_of(written: TableWrite, relations: Relations) -> Iterator[CheckProbe]:
    """Give the probes of one statement."""
    columns = relations.columns(written.table)
    for constraint, expression in relations.checks(written.table):
        is_insert = written.write.verb == "insert"
        if not constraint.columns or not (is_insert or set(constraint.columns).intersection(written.columns)):
            continue  # an UPDATE that touches none of its columns cannot make it false
        for row in written.values():
            values = _known(constraint.columns, row, columns, is_insert=is_insert)
            if values is not None:
                yield CheckProbe(
                    written.table.namespace, written.table.name, constraint.name, expression, tuple(sorted(values))
                )


def domain_probes_of(written: TableWrite, relations: Relations) -> Iterator[CheckProbe]:
    """Give a probe for each constant that a statement writes to a column whose type is a domain with CHECKs."""
    columns = relations.columns(written.table)
    for row in written.values():
        for name, value in sorted(row.items()):
            domain = relations.domain_of(columns[name]) if name in columns else None
            if domain is None or value.kind is not ValueKind.CONSTANT:
                continue
            for constraint, expression, base_type in relations.domain_checks(domain):
                values = (CheckValue(DOMAIN_VALUE, base_type, value.text),)
                yield CheckProbe(domain.namespace, domain.name, constraint, expression, values)


def _known(
    names: Sequence[str], row: Mapping[str, Value], columns: Mapping[str, Column], *, is_insert: bool
) -> list[CheckValue] | None:
    """Give the value of each column, or None as soon as one is not certain."""
    found: list[CheckValue] = []
    for name in names:
        column = columns.get(name)
        if column is None or column.generated:
            return None
        value = row.get(name, Value(ValueKind.DEFAULT if is_insert else ValueKind.UNKNOWN))
        if value.kind is ValueKind.DEFAULT:
            value = _default(column)
        if value.kind not in {ValueKind.CONSTANT, ValueKind.NULL}:
            return None
        found.append(CheckValue(name, column.type, value.text if value.kind is ValueKind.CONSTANT else None))
    return found


def _default(column: Column) -> Value:
    if not column.default and not column.identity_mode:
        return Value(ValueKind.NULL)
    text = _TEXT_DEFAULT.match(column.default)
    if text:
        return Value(ValueKind.CONSTANT, text[1].replace("''", "'"))
    plain = _PLAIN_DEFAULT.fullmatch(column.default)
    return Value(ValueKind.CONSTANT, column.default) if plain else Value(ValueKind.UNKNOWN)
