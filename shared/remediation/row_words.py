"""Say in a sentence what came of a plan on a copy with generated rows: the same words in every output."""

from __future__ import annotations

from shared.kinds.step import HazardKind
from shared.remediation.plan import Plan, RowProof, RowStatus


def rows_sentence(plan: Plan) -> str:
    """Say whether the statements were seen to run on rows and to keep them."""
    rows = plan.proof.rows
    reasons = "; ".join(rows.reasons)
    match rows.status:
        case RowStatus.PROVEN:
            return f"with rows: {_kept(plan, rows)}"
        case RowStatus.PARTLY:
            return f"with rows: {_kept(plan, rows)}; not proven for all: {reasons}"
        case RowStatus.UNPROVEN:
            return f"with rows: NOT proven: {reasons}"
        case RowStatus.NOT_ATTEMPTED:
            otherwise = "for the same reason" if plan.proof.reason else "no attempt was made"
            return f"with rows: not tried: {reasons or otherwise}"
        case RowStatus.NOT_NEEDED:
            return "with rows: no statement meets any"


def _kept(plan: Plan, rows: RowProof) -> str:
    """Say what was kept of how much, and what only other rows than these are safe from."""
    hazards = [hazard.kind for statement in plan.statements for hazard in statement.hazards]
    but = ", on all rows but those that fails_on_rows names" if HazardKind.FAILS_ON_ROWS in hazards else ""
    lost = any(statement.destructive for statement in plan.statements)
    what = "every value was kept that no destructive statement takes" if lost else "every value was kept"
    return f"{what}{but} ({_counted(rows.rows, 'generated row')} in {_counted(rows.tables, 'table')})"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
