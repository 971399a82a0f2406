"""`contract-query-invalid`: PostgreSQL refuses to prepare or plan a query of the service."""

from __future__ import annotations

import re
from collections.abc import Iterator

from shared.contracts.case import Case
from shared.contracts.contract import Query, Verdict, VerdictStatus
from shared.contracts.facts import QueryFacts, ServerError
from shared.contracts.rule import ContractRule
from shared.contracts.statement import read_statements

_ID = "contract-query-invalid"

# Class 53 resources, 55 state, 57 intervention, 58 system, XX internal (errcodes.txt): the server's trouble, not the
# query's. So is 42501 where the service's role is not known: it is the unprivileged role of the scratch copy.
_SERVER_TROUBLE = re.compile(r"(?:53|55|57|58|XX)...|25006")
_DENIED = "42501"
# 55000 is said of objects that cannot do what the query wants, too: that is an answer.
_NO_TROUBLE = re.compile(r"cannot (?:insert into|update|delete from|merge into) |ON CONFLICT |cannot refresh ")
# Undetermined or ambiguous types, which the Rust types of the arguments may decide.
_NEEDS_TYPES = frozenset({"42P18", "42P08", "42725", "42883", "42804", "42846"})
# What planning finds for certain: all of class 42, what is not supported, a constant too long or too large for its
# column. Anything else comes from an expression that the planner evaluates, and may depend on the session.
_PLANNING = re.compile(r"42...|0A...|22001|22003")
_SETTING = "unrecognized configuration parameter"
_PARAMETER = re.compile(r"\$[0-9]")
_RELATION = re.compile(r'(?:relation|type) "(?:[^".]+\.)?([^"]+)" does not exist')


def _judge(case: Case) -> Iterator[Verdict]:
    created = {s.creates for query in case.contract.queries for s in read_statements(query.sql) if s.creates}
    created -= case.declared_names
    for query in case.contract.queries:
        facts = case.observed.of(query)
        if facts is not None and facts.error is None and facts.presumed and not query.holes:
            reason = f"with arguments as the declared schema takes them, PostgreSQL refuses it: {_said(facts.presumed)}"
            state = facts.presumed.sqlstate
            yield case.verdict(query, _ID, reason, status=VerdictStatus.AT_RISK, sqlstate=state)
        if facts is None or facts.error is None:
            continue
        if query.holes:
            yield from _as_far_as_known(case, query, facts.error)
            continue
        doubt = _doubt(case, query, facts, created)
        said = _said(facts.error)
        if not doubt and facts.error.conditional:
            reason = f"a statement of the block is refused when the block comes to it: {said}"
            yield case.verdict(query, _ID, reason, status=VerdictStatus.AT_RISK, sqlstate=facts.error.sqlstate)
        elif doubt:
            reason, status = f"{doubt}: {said}", VerdictStatus.UNVERIFIED
            yield case.verdict(query, _ID, reason, status=status, sqlstate=facts.error.sqlstate)
        else:
            yield case.verdict(query, _ID, f"PostgreSQL refuses the query: {said}", sqlstate=facts.error.sqlstate)


def _as_far_as_known(case: Case, query: Query, error: ServerError) -> Iterator[Verdict]:
    """Judge a text with holes where the declared schema takes it: what fills the holes is not at fault then."""
    declared = case.declared.of(query) if case.declared else None
    if declared is not None and declared.error is None and not _circumstance(case, error):
        reason = f"as far as its text is known, PostgreSQL refuses the query: {_said(error)}"
        yield case.verdict(query, _ID, reason, status=VerdictStatus.AT_RISK, sqlstate=error.sqlstate)


def _doubt(case: Case, query: Query, facts: QueryFacts, created: set[str]) -> str:
    """Say why an error is no proof that the service breaks, or nothing."""
    assert facts.error is not None
    circumstance = _circumstance(case, facts.error)
    missing = _RELATION.search(facts.error.message)
    if circumstance:
        return circumstance
    if missing and missing[1] in created:
        return "the service creates it itself"
    if query.compiled:
        return ""  # a macro has seen a schema that takes the query
    declared = case.declared.of(query) if case.declared else None
    if _PARAMETER.search(query.sql) and facts.error.sqlstate in _NEEDS_TYPES and (declared is None or declared.error):
        return "the types of the arguments, which are not in the source, may decide it"
    if declared is not None and declared.error and _same_statement(declared, facts.error):
        return "the declared schema does not take it either, so it may be meant for another database"
    return ""


def _same_statement(declared: QueryFacts, error: ServerError) -> bool:
    """Say whether the declared schema refuses the same statement of a script; a query has but one."""
    return error.statement in declared.failed or not declared.failed


def _circumstance(case: Case, error: ServerError) -> str:
    denied = error.sqlstate == _DENIED and not case.contract.role
    if denied or (_SERVER_TROUBLE.fullmatch(error.sqlstate) and not _NO_TROUBLE.match(error.message)):
        return "the scratch server could not decide"
    if error.planning and (_SETTING in error.message or not _PLANNING.fullmatch(error.sqlstate)):
        return "an expression that the planner evaluates may depend on the session"
    return ""


def _said(error: ServerError) -> str:
    text = error.message.rstrip(".")
    return f"{text} ({error.hint.rstrip('.')})" if error.hint else text


RULE = ContractRule(id=_ID, title="PostgreSQL refuses a query", judge=_judge)
