"""`contract-cardinality`: one row where the declared schema allows many, or many where it allows one.

Two cases, both by comparison with what is declared: a lookup of one row by a key that nothing keeps unique here; and a
unique index nobody declared on a foreign key, which turns one-to-many into one-to-one.
"""

from __future__ import annotations

from collections.abc import Iterator

from shared.contracts.case import Case
from shared.contracts.contract import Query, Verdict, VerdictStatus
from shared.contracts.relations import Relations
from shared.contracts.rule import ContractRule
from shared.contracts.single_rows import Join, open_tables, read_join
from shared.contracts.statement import Lookup, canonical_column
from shared.contracts.writes import table_writes

_ID = "contract-cardinality"


def _judge(case: Case) -> Iterator[Verdict]:
    if case.declared_relations is None:
        return
    for query, statement in case.statements():
        if statement.lookup and query.fetch in {"fetch_one", "fetch_optional"}:
            yield from _not_unique(case, case.declared_relations, query, statement.lookup)
        join = read_join(statement.text) if query.fetch in {"fetch_one", "fetch_optional"} else None
        if join is not None:
            yield from _joins_several(case, case.declared_relations, query, join)
    for query, _, _ in case.results():
        yield from _too_unique(case, case.declared_relations, query)


def _not_unique(case: Case, declared: Relations, query: Query, lookup: Lookup) -> Iterator[Verdict]:
    here, there = case.relations.table(lookup.table), declared.table(lookup.table)
    if here is None or here != there:
        return
    lost = {key: name for key, name in declared.unique_keys(here).items() if key <= lookup.keys}
    if lost and not any(key <= lookup.keys for key in case.relations.unique_keys(here)):
        reason = f"{query.fetch} expects one row of {here.name}, and {min(lost.values())}, which ensured it, is missing"
        yield case.verdict(query, _ID, reason, status=VerdictStatus.AT_RISK)


def _joins_several(case: Case, declared: Relations, query: Query, join: Join) -> Iterator[Verdict]:
    """Judge a join that gives one row by keys of every table, one of which is lost here."""
    if open_tables(join, declared) != frozenset():
        return
    for table in sorted(open_tables(join, case.relations) or ()):
        here = case.relations.unique_keys(table)
        lost = [name for key, name in declared.unique_keys(table).items() if key not in here]
        if lost:
            reason = f"{query.fetch} expects one row, and {min(lost)} of {table.name}, which ensured it, is missing"
            yield case.verdict(query, _ID, reason, status=VerdictStatus.AT_RISK)


def _too_unique(case: Case, declared: Relations, query: Query) -> Iterator[Verdict]:
    for written in table_writes(query, case.relations):
        if written.write.verb != "insert" or written.write.handles_conflict:
            continue
        known = declared.unique_keys(written.table)
        for foreign in declared.foreign_keys(written.table):
            key = frozenset(canonical_column(column) for column in foreign.columns)
            name = case.relations.unique_keys(written.table).get(key)
            if name and not any(other <= key for other in known) and set(foreign.columns) <= set(written.columns):
                columns = ", ".join(foreign.columns)
                reason = f"{name}, which nobody declared, allows one row of {written.table.name} for each {columns}"
                yield case.verdict(query, _ID, reason, status=VerdictStatus.AT_RISK, sqlstate="23505")


RULE = ContractRule(id=_ID, title="One row where many are declared, or many where one is", judge=_judge)
