"""`contract-argument-count`: the service binds more or fewer arguments than the query has parameters."""

from __future__ import annotations

from collections.abc import Iterator

from shared.contracts.case import Case
from shared.contracts.contract import Verdict
from shared.contracts.rule import ContractRule

_ID = "contract-argument-count"


def _judge(case: Case) -> Iterator[Verdict]:
    for query, facts, _ in case.results():
        wanted = len(facts.parameters)
        if query.arguments not in {-1, wanted} and query.macro != "raw_sql":
            reason = f"the query has {wanted} parameters, and {query.arguments} arguments are bound"
            yield case.verdict(query, _ID, reason)


RULE = ContractRule(id=_ID, title="Arguments and parameters differ in number", judge=_judge)
