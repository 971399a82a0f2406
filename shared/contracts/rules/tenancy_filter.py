"""`contract-tenancy-filter`: a query takes the rows of every tenant from a table that they share.

Only with `[tenancy]`. Row-level security that the declared schema has for the service does the query's work; where a
tenant's schema lost it, `contract-tenant-isolation` says so. Of what mappings make, nothing is said: their queries are
put together at run time.
"""

from __future__ import annotations

from collections.abc import Iterator

from shared.contracts.case import Case
from shared.contracts.contract import Query, Verdict, VerdictStatus
from shared.contracts.relations import Relations
from shared.contracts.rule import ContractRule
from shared.contracts.tenant_filter import Unfiltered, unfiltered_tables
from shared.schema.identity import QualifiedName

_ID = "contract-tenancy-filter"


def _judge(case: Case) -> Iterator[Verdict]:
    tenancy, declared = case.contract.tenancy, case.declared_relations
    if tenancy is None or declared is None:
        return
    for query, _, _ in case.results():
        if query.mapping:
            continue
        for found in unfiltered_tables(query.sql, tenancy.column, lambda name: _is_shared(case, name)):
            table = case.relations.table(found.table)
            if table is not None and not (tenancy.setting and _covers(declared, table, case.contract.role)):
                yield _verdict(case, query, found, tenancy.column)


def _is_shared(case: Case, name: QualifiedName) -> bool:
    tenancy, table = case.contract.tenancy, case.relations.table(name)
    if tenancy is None or table is None or not tenancy.concerns(table.namespace, table.name):
        return False
    return tenancy.column in case.relations.columns(table)


def _covers(relations: Relations, table: QualifiedName, role: str) -> bool:
    """Say whether row-level security holds for the service: of an owner it asks nothing unless it is forced."""
    facts = relations.tables.get(table)
    if facts is None or not facts.row_security:
        return False
    return facts.force_row_security or not role or relations.owner(table) != role


def _verdict(case: Case, query: Query, found: Unfiltered, column: str) -> Verdict:
    name = found.table.name
    if found.perhaps:
        reason = f"{column} of {name} is asked for around the sub-select alone: whether that is enough is open"
        return case.verdict(query, _ID, reason, status=VerdictStatus.UNVERIFIED)
    reason = f"the rows of {name} are of every tenant: nothing asks for {column}, and no row-level security does"
    return case.verdict(query, _ID, reason, status=VerdictStatus.AT_RISK)


RULE = ContractRule(id=_ID, title="A query takes the rows of every tenant", judge=_judge)
