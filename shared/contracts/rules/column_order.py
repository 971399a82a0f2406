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
        there = [column.name for column in declared.columns]
        positions = _read_by_position(case, query, declared)
        if query.compiled and not set(there) <= set(here):
            continue  # contract-column-missing says so
        for position in positions:
            name = there[position]
            if position < len(here) and here[position] != name:
                reason = f"column {position + 1} of the result is {here[position]}, and the service reads it as {name}"
                yield case.verdict(query, _ID, reason)
                break


def _read_by_position(case: Case, query: Query, declared: QueryFacts) -> list[int]:
    count = len(declared.columns)
    if query.compiled:
        return list(range(count))
    named = (int(field.name) for field in case.fields(query) or () if field.name.isdecimal())
    return sorted(position for position in named if position < count)


RULE = ContractRule(id=_ID, title="Columns stand in another order than they are read", judge=_judge)
