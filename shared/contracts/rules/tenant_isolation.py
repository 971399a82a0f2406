"""`contract-tenant-isolation`: row-level security that is declared on a table the service uses is weaker here."""

from __future__ import annotations

from collections.abc import Iterator

from shared.contracts.case import Case
from shared.contracts.contract import Query, Verdict, VerdictStatus
from shared.contracts.relations import Relations
from shared.contracts.rule import ContractRule
from shared.schema.identity import QualifiedName

_ID = "contract-tenant-isolation"


def _judge(case: Case) -> Iterator[Verdict]:
    declared = case.declared_relations
    if declared is None:
        return
    for query, statement in case.statements():
        for name in statement.tables:
            table = case.relations.table(name)
            if table is not None and table in declared.tables:
                yield from _weaker(case, declared, query, table)


def _weaker(case: Case, declared: Relations, query: Query, table: QualifiedName) -> Iterator[Verdict]:
    there, here = declared.tables[table], case.relations.tables[table]
    if not there.row_security:
        return
    if not here.row_security:
        reason = (
            f"row-level security of {table.name} is declared and switched off here: the query sees every tenant's rows"
        )
        yield case.verdict(query, _ID, reason)
        return
    if there.force_row_security and not here.force_row_security:
        reason = f"row-level security of {table.name} is not forced here: its owner sees every tenant's rows"
        yield case.verdict(query, _ID, reason)
    expected, found = declared.policies(table), case.relations.policies(table)
    for name in sorted(expected.keys() | found.keys()):
        if name not in found and not expected[name].permissive:
            yield case.verdict(query, _ID, f"the restrictive policy {name} of {table.name} is missing here")
        elif name not in expected and found[name].permissive:
            yield case.verdict(
                query, _ID, f"the policy {name} of {table.name}, which nobody declared, lets more rows through"
            )
        elif name in expected and name in found and expected[name] != found[name]:
            reason = f"the policy {name} of {table.name} differs from the declared one"
            yield case.verdict(query, _ID, reason, status=VerdictStatus.UNVERIFIED)


RULE = ContractRule(id=_ID, title="Row-level security is weaker than declared", judge=_judge)
