"""`contract-row-security`: row-level security hides rows from the service, or refuses those it writes.

Only what the declared schema does not do. Which policies apply is decided as PostgreSQL does ("Row Security Policies"):
those of the command and of the role; without any permissive one, no row is seen and none may be written.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

import msgspec

from shared.contracts.case import Case
from shared.contracts.contract import Query, Verdict, VerdictStatus
from shared.contracts.relations import Relations
from shared.contracts.rule import ContractRule
from shared.contracts.statement import Statement
from shared.contracts.trials import PLANNED
from shared.schema.identity import QualifiedName
from shared.schema.routines import Routine

_ID = "contract-row-security"
_ASKS_POLICIES = PLANNED | frozenset({"CopyStmt", "DeclareCursorStmt"})


class _Access(StrEnum):
    """What a role may do with the rows of a table."""

    ALL = "all"
    SOME = "some"
    NONE = "none"


def _judge(case: Case) -> Iterator[Verdict]:
    if case.declared_relations is None:
        return
    for query, statement in case.statements():
        for table, command in _uses(case.relations, statement):
            if table in case.declared_relations.tables:
                yield from _hidden(case, case.declared_relations, query, table, command)
        for routine, inner in case.routines.run_as_caller(statement):
            for table, command in _uses(case.relations, inner):
                if table in case.declared_relations.tables:
                    for verdict in _hidden(case, case.declared_relations, query, table, command):
                        yield _in_a_function(verdict, routine)


def _in_a_function(verdict: Verdict, routine: Routine) -> Verdict:
    """Say where a table is used; whether the function comes to it depends on its body."""
    reason = f"{verdict.reason}; the query uses it through {routine.name}()"
    return msgspec.structs.replace(verdict, reason=reason, status=VerdictStatus.AT_RISK)


def _uses(relations: Relations, statement: Statement) -> Iterator[tuple[QualifiedName, str]]:
    """Give each table of a statement with what is done to it; TRUNCATE, LOCK and the like ask no policy."""
    if statement.kind not in _ASKS_POLICIES:
        return
    written = {(write.table, write.verb.split()[0].replace("upsert", "update")) for write in statement.writes}
    read = {(name, "select") for name in statement.tables if name not in {table for table, _ in written}}
    for name, command in sorted({*written, *read}):
        table = relations.table(name)
        if table is not None:
            yield table, "delete" if command == "select" and name == statement.deletes_from else command


def _hidden(case: Case, declared: Relations, query: Query, table: QualifiedName, command: str) -> Iterator[Verdict]:
    role = case.contract.role
    here, there = _access(case.relations, table, command, role), _access(declared, table, command, role)
    if here is _Access.NONE and there is not _Access.NONE:
        refused = command == "insert"
        what = "refuses every row that is inserted" if refused else "shows no row"
        reason = f"row-level security of {table.name} {what}: no policy lets {role or 'the service'} {command}"
        status = VerdictStatus.VIOLATED if refused and role else VerdictStatus.AT_RISK
        yield case.verdict(query, _ID, reason, status=status, sqlstate="42501" if refused else "")
    elif here is _Access.SOME and there is _Access.ALL:
        reason = f"row-level security of {table.name}, which nobody declared, hides or refuses rows"
        yield case.verdict(query, _ID, reason, status=VerdictStatus.AT_RISK)
    elif here is _Access.SOME:
        for name in sorted(_restrictive(case.relations, table, command, role) - declared.policies(table).keys()):
            reason = f"the restrictive policy {name} of {table.name}, which nobody declared, hides or refuses rows"
            yield case.verdict(query, _ID, reason, status=VerdictStatus.AT_RISK)


def _access(relations: Relations, table: QualifiedName, command: str, role: str) -> _Access:
    facts = relations.tables[table]
    owns = bool(role) and relations.owner(table) == role
    if not facts.row_security or (owns and not facts.force_row_security):
        return _Access.ALL
    applying = relations.policies_for(table, command, role)
    return _Access.SOME if any(policy.permissive for policy in applying) else _Access.NONE


def _restrictive(relations: Relations, table: QualifiedName, command: str, role: str) -> set[str]:
    return {policy.name for policy in relations.policies_for(table, command, role) if not policy.permissive}


RULE = ContractRule(id=_ID, title="Row-level security hides or refuses rows", judge=_judge)
