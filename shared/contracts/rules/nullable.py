"""`contract-nullable`: a column that is declared NOT NULL, and read as such, can be NULL here.

Only what is certain: the result column is a table's column itself, the declared schema has it NOT NULL and this shape
does not. A macro fixed this when it was compiled, whatever the struct says: it decodes T and converts it
(sqlx-macros-core, `query/output.rs`), so NULL fails even where the field is an Option.
"""

from __future__ import annotations

from collections.abc import Iterator

from shared.contracts.case import Case
from shared.contracts.contract import Query, Verdict, VerdictStatus
from shared.contracts.facts import ColumnOrigin, ResultColumn
from shared.contracts.override import split_override
from shared.contracts.rule import ContractRule
from shared.contracts.rust_types import parse_rust_type
from shared.schema.identity import QualifiedName

_ID = "contract-nullable"


def _judge(case: Case) -> Iterator[Verdict]:
    for query, facts, _ in case.results():
        if query.fetch == "execute":
            continue
        for position, column in enumerate(facts.columns):
            if column.origin and _is_weaker(case, column.origin) and _reads_non_null(case, query, position, column):
                name = split_override(column.name)[0] if query.compiled else column.name
                table = f"{column.origin.table}.{column.origin.column}"
                reason = (
                    f"the column {name} can be NULL here: {table} is declared NOT NULL, and the service relies on it"
                )
                yield case.verdict(query, _ID, reason, status=VerdictStatus.AT_RISK)


def _is_weaker(case: Case, origin: ColumnOrigin) -> bool:
    if case.declared_relations is None:
        return False
    table = QualifiedName(origin.namespace, origin.table)
    there = case.declared_relations.columns(table).get(origin.column)
    here = case.relations.columns(table).get(origin.column)
    return there is not None and here is not None and there.not_null and not here.not_null


def _reads_non_null(case: Case, query: Query, position: int, column: ResultColumn) -> bool:
    if query.compiled:
        return not split_override(column.name)[1].nullable
    for field in case.fields(query) or ():
        if field.name in {column.name, str(position)}:
            return not parse_rust_type(field.type).optional
    return False


RULE = ContractRule(id=_ID, title="A column that is read as never NULL can be NULL", judge=_judge)
