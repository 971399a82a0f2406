"""`contract-column-missing`: a row lacks a column that the service reads.

A query that names a missing column is refused (`contract-query-invalid`); this is about `SELECT *` and `RETURNING *`,
and about structs that read what no query gives them.
"""

from __future__ import annotations

from collections.abc import Iterator

from shared.contracts.case import Case
from shared.contracts.contract import Query, Verdict
from shared.contracts.facts import QueryFacts
from shared.contracts.rule import ContractRule

_ID = "contract-column-missing"


def _judge(case: Case) -> Iterator[Verdict]:
    for query, facts, declared in case.results():
        if query.compiled and declared:
            yield from _compiled(case, query, facts, declared)
        elif not query.compiled and query.fetch != "execute":
            yield from _decoded(case, query, facts)


def _compiled(case: Case, query: Query, facts: QueryFacts, declared: QueryFacts) -> Iterator[Verdict]:
    here = {column.name for column in facts.columns}
    for column in declared.columns:
        if column.name not in here:
            yield case.verdict(query, _ID, f"the result lacks the column {column.name}, which {query.macro} reads")


def _decoded(case: Case, query: Query, facts: QueryFacts) -> Iterator[Verdict]:
    here = {column.name for column in facts.columns}
    for field in case.fields(query) or ():
        if field.name.isdecimal():
            if int(field.name) >= len(facts.columns):
                count = len(facts.columns)
                yield case.verdict(query, _ID, f"{case.reader(query)} reads column {field.name} of {count}, from 0")
        elif field.name not in here and not field.optional:
            yield case.verdict(
                query, _ID, f"the result lacks the column {field.name}, which {case.reader(query)} reads"
            )


RULE = ContractRule(id=_ID, title="A row lacks a column that is read", judge=_judge)
