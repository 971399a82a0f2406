"""`contract-tenant-isolation`: row-level security that is declared on a table the service uses is weaker here."""

from __future__ import annotations

import re
from collections.abc import Iterator

from shared.contracts.case import Case
from shared.contracts.contract import Query, Verdict, VerdictStatus
from shared.contracts.relations import Relations
from shared.contracts.rule import ContractRule
from shared.schema.identity import QualifiedName
from shared.schema.relations import View

_ID = "contract-tenant-isolation"
_INVOKER = re.compile(r"security_invoker=(?:t|tr|tru|true|y|ye|yes|on|1)", re.IGNORECASE)
"""How `pg_class.reloptions` says that a view is read with the rights of who asks: as it was written (`parse_bool`)."""


def _judge(case: Case) -> Iterator[Verdict]:
    declared = case.declared_relations
    if declared is None:
        return
    for query, statement in case.statements():
        for name in statement.tables:
            table = case.relations.table(name)
            if table is not None and table in declared.tables:
                yield from _weaker(case, declared, query, table)
            yield from _as_owner(case, declared, query, name)


def _as_owner(case: Case, declared: Relations, query: Query, name: QualifiedName) -> Iterator[Verdict]:
    """Judge a view: with security_invoker, the policies of its tables speak of who asks; else of the view's owner."""
    here, there = case.relations.view(name), declared.view(name)
    if here and there and _asks_as_invoker(there) and not _asks_as_invoker(here):
        reason = (
            f"security_invoker of the view {here.name} is declared and not set here: the policies of its tables are "
            "those of its owner, not of the service"
        )
        yield case.verdict(query, _ID, reason)


def _asks_as_invoker(view: View) -> bool:
    return any(_INVOKER.fullmatch(option) for option in view.options)


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
