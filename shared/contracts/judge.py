"""Judge a contract in one shape: apply every rule to what PostgreSQL said of its queries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from shared.contracts.case import Case
from shared.contracts.contract import Contract, Query, Verdict, VerdictStatus
from shared.contracts.facts import ShapeFacts
from shared.contracts.repairable import is_repairable
from shared.contracts.rule import load_rules

RULES = load_rules()
"""Every contract rule, sorted by id."""
_GRADES = (VerdictStatus.VIOLATED, VerdictStatus.AT_RISK, VerdictStatus.UNVERIFIED, VerdictStatus.HOLDS)


def judge_contract(contract: Contract, observed: ShapeFacts, baseline: ShapeFacts | None) -> tuple[Verdict, ...]:
    """Judge a contract in one shape.

    Args:
        contract: What it expects.
        observed: The shape, measured. Queries without facts are those that the difference to the declared shape does
            not concern: what holds of them there holds here.
        baseline: The declared shape, measured the same way. Without it, rules that compare with what is declared are
            silent, and no verdict is marked `declared_too`.

    Returns:
        The verdicts that do not hold or cannot be decided: those that the declared shape earns as well are marked and
        come last.
    """
    case = Case(contract, observed, baseline)
    found = _verdicts(case)
    if baseline is None:
        return found
    declared = _own_verdicts(contract, baseline)
    identities = {_identity(verdict) for verdict in declared}
    asked = {facts.key for facts in observed.queries}
    passed_over = {_said_of(query) for query in contract.queries if query.key not in asked}
    carried = {verdict for verdict in declared if (verdict.file, verdict.line, verdict.subject) in passed_over}
    marked = {
        msgspec.structs.replace(verdict, declared_too=_identity(verdict) in identities)
        for verdict in {*found, *carried}
    }
    return tuple(sorted(_with_fixes(case, marked), key=verdict_order))


def _with_fixes(case: Case, verdicts: Iterable[Verdict]) -> Iterator[Verdict]:
    """Add the repaired query to the verdicts of which the tenant is the cause."""
    by_place = {_said_of(query): query for query in case.contract.queries}
    for verdict in verdicts:
        query = by_place.get((verdict.file, verdict.line, verdict.subject))
        counts = verdict.status.counts and not verdict.declared_too
        if query is None or not counts or not query.in_source or not is_repairable(case, query, verdict):
            yield verdict
            continue
        from shared.contracts.repair import repaired  # lazy: sqlglot takes long to import, and few queries break

        yield msgspec.structs.replace(verdict, fix=repaired(case, query, verdict))


def with_own_verdicts(contract: Contract, declared: ShapeFacts) -> ShapeFacts:
    """Add what the rules say of a contract in the declared shape itself, which is the same for every tenant."""
    return msgspec.structs.replace(declared, own_verdicts=_own_verdicts(contract, declared))


def _own_verdicts(contract: Contract, declared: ShapeFacts) -> tuple[Verdict, ...]:
    if declared.own_verdicts is not None:
        return declared.own_verdicts
    return _verdicts(Case(contract, declared, declared))


def _said_of(query: Query) -> tuple[str, int, str]:
    return (query.file, query.line, query.sql.strip())


def _verdicts(case: Case) -> tuple[Verdict, ...]:
    return tuple(sorted({verdict for rule in RULES for verdict in rule.judge(case)}, key=verdict_order))


def _place(verdict: Verdict) -> tuple[str, str, int, int, str, str, str]:
    return (
        verdict.service,
        verdict.file,
        verdict.line,
        verdict.column,
        verdict.rule,
        verdict.subject,
        verdict.reason,
    )


def verdict_order(verdict: Verdict) -> tuple[object, ...]:
    """Give what verdicts are sorted by: new ones come first, and of those what certainly breaks."""
    return (verdict.declared_too, _GRADES.index(verdict.status), *_place(verdict))


def _identity(verdict: Verdict) -> tuple[object, ...]:
    return (*_place(verdict), verdict.status, verdict.sqlstate)
