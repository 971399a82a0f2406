"""`contract-column-order`: columns are read by position, and another column stands there.

sqlx macros and tuples read by index (sqlx-macros-core, `query/output.rs`); so `SELECT *` depends on the order in which
the columns of a table were made.
"""

from __future__ import annotations

from collections.abc import Iterator

from shared.contracts.case import Case
from shared.contracts.contract import Query, Verdict
from shared.contracts.facts import QueryFacts
from shared.contracts.rule import ContractRule

_ID = "contract-column-order"


def _judge(case: Case) -> Iterator[Verdict]:
    for query, facts, declared in case.results():
        if declared is None:
            continue
        here = [column.name for column in facts.columns]
        there = [column.name for column in declared.columns][: _read_by_position(case, query, declared)]
        if not set(there) <= set(here):
            continue  # contract-column-missing says so
        for position, name in enumerate(there):
            if here[position] != name:
                reason = f"column {position + 1} of the result is {here[position]}, and the service reads it as {name}"
                yield case.verdict(query, _ID, reason)
                break


def _read_by_position(case: Case, query: Query, declared: QueryFacts) -> int:
    if query.compiled:
        return len(declared.columns)
    return sum(field.name.isdecimal() for field in case.fields(query) or ())


RULE = ContractRule(id=_ID, title="Columns stand in another order than they are read", judge=_judge)
