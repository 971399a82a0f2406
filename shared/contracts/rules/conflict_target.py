"""`contract-conflict-target`: what ON CONFLICT relies on is deferrable here, or is no longer unique.

PostgreSQL notices a deferrable arbiter only when a row is inserted (`ExecCheckIndexConstraints`), and ON CONFLICT DO
NOTHING without a target never notices that nothing is unique any more: it stores duplicates from then on.
"""

from __future__ import annotations

from collections.abc import Iterator

from shared.contracts.case import Case
from shared.contracts.contract import Query, Verdict, VerdictStatus
from shared.contracts.relations import Relations
from shared.contracts.rule import ContractRule
from shared.contracts.writes import TableWrite, table_writes

_ID = "contract-conflict-target"


def _judge(case: Case) -> Iterator[Verdict]:
    for query, _, _ in case.results():
        for written in table_writes(query, case.relations):
            if written.write.handles_conflict:
                yield from _deferrable(case, query, written)
                if case.declared_relations and not (written.write.conflict_keys or written.write.conflict_constraint):
                    yield from _not_unique(case, case.declared_relations, query, written)


def _deferrable(case: Case, query: Query, written: TableWrite) -> Iterator[Verdict]:
    for key, name in sorted(case.relations.deferrable_keys(written.table).items(), key=lambda item: item[1]):
        if written.write.conflict_keys in {frozenset(), key} and written.write.conflict_constraint in {"", name}:
            reason = f"{name} of {written.table.name} is deferrable here, and ON CONFLICT takes no such constraint"
            yield case.verdict(query, _ID, reason, sqlstate="55000")


def _not_unique(case: Case, declared: Relations, query: Query, written: TableWrite) -> Iterator[Verdict]:
    here = case.relations.unique_keys(written.table)
    for key, name in sorted(declared.unique_keys(written.table).items(), key=lambda item: item[1]):
        if not any(other <= key for other in here):
            reason = (
                f"nothing is left of {name} of {written.table.name}: ON CONFLICT stores the rows it should leave out"
            )
            yield case.verdict(query, _ID, reason, status=VerdictStatus.AT_RISK)


RULE = ContractRule(id=_ID, title="ON CONFLICT has nothing to rely on", judge=_judge)
