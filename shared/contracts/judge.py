"""Judge a contract in one shape: apply every rule to what PostgreSQL said of its queries."""

from __future__ import annotations

import msgspec

from shared.contracts.case import Case
from shared.contracts.contract import Contract, Verdict
from shared.contracts.facts import ShapeFacts
from shared.contracts.rule import load_rules

RULES = load_rules()
"""Every contract rule, sorted by id."""


def judge_contract(contract: Contract, observed: ShapeFacts, baseline: ShapeFacts | None) -> tuple[Verdict, ...]:
    """Judge a contract in one shape.

    Args:
        contract: What it expects.
        observed: The shape, measured.
        baseline: The declared shape, measured the same way. Without it, rules that compare with what is declared are
            silent, and no verdict is marked `everywhere`.

    Returns:
        The verdicts that do not hold or cannot be decided, sorted. Those the declared shape earns as well are marked.
    """
    found = _verdicts(Case(contract, observed, baseline))
    if baseline is None:
        return found
    declared = {_identity(verdict) for verdict in _verdicts(Case(contract, baseline, baseline))}
    return tuple(msgspec.structs.replace(verdict, everywhere=_identity(verdict) in declared) for verdict in found)


def _verdicts(case: Case) -> tuple[Verdict, ...]:
    return tuple(sorted({verdict for rule in RULES for verdict in rule.judge(case)}, key=_verdict_order))


def _verdict_order(verdict: Verdict) -> tuple[str, str, int, str, str, str]:
    return (verdict.service, verdict.file, verdict.line, verdict.rule, verdict.subject, verdict.reason)


def _identity(verdict: Verdict) -> tuple[object, ...]:
    return (*_verdict_order(verdict), verdict.status, verdict.sqlstate)
