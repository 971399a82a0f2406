"""Judge a contract in one shape: apply every rule to what PostgreSQL said of its queries."""

from __future__ import annotations

import msgspec

from shared.contracts.case import Case
from shared.contracts.contract import Contract, Verdict, VerdictStatus
from shared.contracts.facts import ShapeFacts
from shared.contracts.rule import load_rules

RULES = load_rules()
"""Every contract rule, sorted by id."""
_GRADES = (VerdictStatus.VIOLATED, VerdictStatus.AT_RISK, VerdictStatus.UNVERIFIED, VerdictStatus.HOLDS)


def judge_contract(contract: Contract, observed: ShapeFacts, baseline: ShapeFacts | None) -> tuple[Verdict, ...]:
    """Judge a contract in one shape.

    Args:
        contract: What it expects.
        observed: The shape, measured.
        baseline: The declared shape, measured the same way. Without it, rules that compare with what is declared are
            silent, and no verdict is marked `declared_too`.

    Returns:
        The verdicts that do not hold or cannot be decided: those that the declared shape earns as well are marked and
        come last.
    """
    found = _verdicts(Case(contract, observed, baseline))
    if baseline is None:
        return found
    declared = {_identity(verdict) for verdict in _verdicts(Case(contract, baseline, baseline))}
    marked = (msgspec.structs.replace(verdict, declared_too=_identity(verdict) in declared) for verdict in found)
    return tuple(sorted(marked, key=verdict_order))


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
