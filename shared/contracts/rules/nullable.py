"""`contract-nullable`: a column that is declared NOT NULL, and read as such, can be NULL here.

Only what is certain: no NULL can come through in the declared schema, and one can in this shape, also through views,
sub-selects and outer joins. A macro fixed this when it was compiled, whatever the struct says: it decodes T and
converts it (sqlx-macros-core, `query/output.rs`), so NULL fails even where the field is an Option.
"""

from __future__ import annotations

from collections.abc import Iterator

from shared.contracts.case import Case
from shared.contracts.contract import Query, Verdict, VerdictStatus
from shared.contracts.facts import ColumnOrigin, ResultColumn
from shared.contracts.override import split_override
from shared.contracts.rule import ContractRule
from shared.contracts.rust_types import parse_rust_type
from shared.contracts.statement import Value, ValueKind, read_statements
from shared.contracts.writes import table_writes
from shared.schema.identity import QualifiedName

_ID = "contract-nullable"


def _judge(case: Case) -> Iterator[Verdict]:
    for query, facts, _ in case.results():
        if query.fetch == "execute":
            continue
        for position, column in enumerate(facts.columns):
            reads = column.became_nullable and _reads_non_null(case, query, position, column)
            if reads and not _is_filled(case, query, column.null_source):
                name = split_override(column.name)[0] if query.compiled else column.name
                reason = f"the column {name} can be NULL here: {_source(column)}, and the service relies on it"
                yield case.verdict(query, _ID, reason, status=VerdictStatus.AT_RISK)


def _is_filled(case: Case, query: Query, source: ColumnOrigin | None) -> bool:
    """Say whether a column that an INSERT gives back is one that the same INSERT fills."""
    statements = read_statements(query.sql)
    if source is None or len(statements) != 1 or statements[0].kind != "InsertStmt" or len(statements[0].writes) != 1:
        return False
    table = QualifiedName(source.namespace, source.table)
    written = next((each for each in table_writes(query, case.relations) if each.table == table), None)
    if written is None or not written.write.rows or not written.columns:
        return False
    if source.column not in written.columns:
        column = case.relations.columns(table).get(source.column)
        return column is not None and bool(column.identity_mode or _gives_a_value(column.default))
    return all(_is_given(query, row.get(source.column)) for row in written.values())


def _gives_a_value(default: str) -> bool:
    return bool(default) and not default.upper().startswith("NULL")


def _is_given(query: Query, value: Value | None) -> bool:
    """Say whether a value is certainly none of NULL: a constant, or an argument of a type that has no NULL."""
    if value is None or value.kind is not ValueKind.PARAMETER:
        return value is not None and value.kind is ValueKind.CONSTANT
    written = next(iter(query.argument_types[value.number - 1 : value.number]), "")
    return bool(written) and not parse_rust_type(written).optional


def _source(column: ResultColumn) -> str:
    if column.null_source is None:
        return "a join gives NULL where no row matches, and the declared schema has none"
    return f"{column.null_source.table}.{column.null_source.column} is declared NOT NULL"


def _reads_non_null(case: Case, query: Query, position: int, column: ResultColumn) -> bool:
    if query.compiled:
        override = split_override(column.name)[1]
        # A macro takes what is no column of a table itself as an Option (sqlx-postgres, `connection/describe.rs`).
        return override.non_null or (column.origin is not None and not override.nullable)
    for field in case.fields(query) or ():
        if field.name in {column.name, str(position)}:
            return bool(field.type) and not parse_rust_type(field.type).optional
    return query.generated  # which reads as an Option only what says so


RULE = ContractRule(id=_ID, title="A column that is read as never NULL can be NULL", judge=_judge)
