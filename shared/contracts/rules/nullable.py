"""`contract-nullable`: a column that is declared NOT NULL, and read as such, can be NULL here.

Only what is certain: no NULL can come through in the declared schema, and one can in this shape, also through views,
sub-selects and outer joins. A macro fixed this when it was compiled, whatever the struct says: it decodes T and
converts it (sqlx-macros-core, `query/output.rs`), so NULL fails even where the field is an Option.
"""

from __future__ import annotations

from collections.abc import Iterator

from shared.contracts.case import Case
from shared.contracts.contract import Query, Verdict, VerdictStatus
from shared.contracts.facts import ResultColumn
from shared.contracts.override import split_override
from shared.contracts.rule import ContractRule
from shared.contracts.rust_types import parse_rust_type

_ID = "contract-nullable"


def _judge(case: Case) -> Iterator[Verdict]:
    for query, facts, _ in case.results():
        if query.fetch == "execute":
            continue
        for position, column in enumerate(facts.columns):
            if column.became_nullable and _reads_non_null(case, query, position, column):
                name = split_override(column.name)[0] if query.compiled else column.name
                reason = f"the column {name} can be NULL here: {_source(column)}, and the service relies on it"
                yield case.verdict(query, _ID, reason, status=VerdictStatus.AT_RISK)


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
