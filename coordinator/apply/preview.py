"""Print what would run on which tenants. Names and SQL come from tenants: everything passes through `visible`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from coordinator.apply.admission import Admitted
from coordinator.apply.outcome import Outcome, OutcomeKind
from coordinator.apply.rehearsal import Finished, Ready, TenantState, UnexpectedState
from coordinator.apply.waves import cut_waves
from coordinator.report.renderers.presentation import plural, proof_sentence
from coordinator.report.renderers.visible import visible, visible_lines
from shared.postgres.names.own_names import OwnNames
from shared.postgres.names.tenant_sql import for_tenant
from shared.remediation.row_words import rows_sentence
from shared.remediation.stages import Stage
from shared.targets import Failure

_NO_OWN_NAMES = OwnNames()


def plan_lines(admitted: Admitted, stages: Sequence[Stage], own: OwnNames = _NO_OWN_NAMES) -> Iterator[str]:
    """Print what runs, stage by stage, with its hazards and timeouts.

    Args:
        admitted: What runs.
        stages: The same, cut.
        own: Names of the one tenant it is printed for; none leaves the placeholders.
    """
    plan = admitted.plan
    yield f"Plan {admitted.id}: from schema {plan.observed[:12]} to {plan.desired[:12]}; {proof_sentence(plan)}"
    yield visible(rows_sentence(plan))
    for number, stage in enumerate(stages, 1):
        how = "in one transaction" if stage.transactional else "outside a transaction"
        yield f"\n-- stage {number} of {len(stages)}, {how}"
        for statement in stage.statements:
            lock, bound = (_limit(ms) for ms in (statement.lock_timeout_ms, statement.statement_timeout_ms))
            yield f"-- lock_timeout {lock}, statement_timeout {bound}"
            yield from (
                f"-- {hazard.kind.replace('_', ' ')}: {visible(hazard.message)}" for hazard in statement.hazards
            )
            yield visible_lines(for_tenant(statement.sql, own).strip()) + ";"
    if admitted.left_out:
        yield "\n-- destructive, and left out (--destructive runs them too):"
        for statement in admitted.left_out:
            yield from (f"-- {line}" for line in (visible_lines(statement.sql.strip()) + ";").splitlines())
    yield ""


def _limit(milliseconds: int) -> str:
    return f"{milliseconds} ms" if milliseconds else "none"


def tenant_lines(states: Mapping[str, TenantState | Failure], stages: int, waves: Sequence[int]) -> Iterator[str]:
    """Print the state of each tenant, and the waves of those that the plan would run on."""
    for tenant, state in states.items():
        yield f"  {visible(tenant)}: {_state_phrase(state, stages)}"
    ready = [tenant for tenant, state in states.items() if isinstance(state, Ready)]
    cut = cut_waves(ready, waves)
    if len(ready) > 1:
        sizes = ", ".join(str(len(wave)) for wave in cut)
        yield f"  {plural(len(cut), 'wave')} of {sizes}; the canary is {visible(ready[0])}"


def _state_phrase(state: TenantState | Failure, stages: int) -> str:
    match state:
        case Ready(stage=stage, leftovers=leftovers):
            what = f"runs stage {stages}" if stage == stages - 1 else f"runs stages {stage + 1} to {stages}"
            if stage == stages:
                what = "runs no stage"
            for name in leftovers:
                what += f", and first drops the invalid index {visible(str(name))} that a failed try left"
            return what if stage == 0 else f"{what} (an earlier run came this far)"
        case Finished():
            return "nothing is left to do"
        case UnexpectedState(reason=reason):
            return f"refused: {visible(reason)}"
        case Failure(message=message):
            return f"not reached: {visible(message)}"


def outcome_lines(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Print the outcomes: their counts, and a line for each tenant that is not done."""
    counts = [(kind, sum(outcome.kind is kind for outcome in outcomes)) for kind in OutcomeKind]
    summary = ", ".join(f"{count} {kind}" for kind, count in counts if count)
    yield f"{plural(len(outcomes), 'tenant')}: {summary}"
    for outcome in outcomes:
        if outcome.kind not in (OutcomeKind.DONE, OutcomeKind.DONE_BEFORE):
            yield f"  {outcome_line(outcome)}"


def outcome_line(outcome: Outcome) -> str:
    """Print one tenant's outcome."""
    why = f": {visible(outcome.message)}" if outcome.message else ""
    return f"{visible(outcome.tenant)}: {outcome.kind}{why}"
