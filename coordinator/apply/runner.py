"""Run an admitted plan on tenants: a canary, then waves; stop at the first failure; record each step in the journal."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from types import MappingProxyType

import msgspec

from coordinator.apply.journal import Begun, Done, Failed, Journal, Kept, Staged
from coordinator.apply.outcome import Outcome, OutcomeKind
from coordinator.apply.rehearsal import Finished, Ready, Rehearsal, TenantState, UnexpectedState
from coordinator.apply.survey import TenantAccess
from coordinator.apply.waves import cut_waves
from shared.events.applying import (
    ApplyFinished,
    ApplyStageDone,
    ApplyStarted,
    ApplyTenantEnded,
    ApplyTenantStarted,
    ApplyWave,
)
from shared.logs import log
from shared.postgres.connection import TargetError
from shared.postgres.writing.apply import (
    SchemaMovedError,
    StatementError,
    Writer,
    built_alone,
    invalid_indexes,
    open_writer,
)
from shared.remediation.kept_facts import KeptFacts
from shared.remediation.stages import Stage
from shared.schema.identity import QualifiedName
from shared.targets import Failure

_MAX_ATTEMPTS = 3  # of a tenant whose schema changes between the reading and the first statement
_CLAIM_TIMEOUT_SECONDS = 10.0  # the server needs some to notice that a run which held the claim was killed
_MAX_LOCK_PAUSE_SECONDS = 60.0  # between two tries for a lock


AtWork = Callable[[str], AbstractContextManager[object]]
_NO_FACTS: Mapping[str, KeptFacts] = MappingProxyType({})


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """Sizes of waves, and pauses in seconds: see `[apply]` in the configuration."""

    waves: tuple[int, ...] = (1, 10, 50)
    concurrency: int = 4
    pause: float = 0.0
    lock_tries: int = 5
    lock_pause: float = 1.0


class Runner:
    """Runs a plan on tenants that were surveyed.

    Args:
        access: How to connect to them.
        rehearsal: Says in which state of the plan a tenant is.
        journal: Open for writing.
        pace: Sizes of waves and pauses.
        report_progress: Called with a tenant and a phrase as things happen.
        facts: Per tenant, what an earlier run noted of objects that it dropped and did not come to make again.
        at_work: Entered with each tenant for as long as it is being changed.
    """

    def __init__(
        self,
        access: TenantAccess,
        rehearsal: Rehearsal,
        journal: Journal,
        pace: Pace,
        report_progress: Callable[[str, str], None],
        *,
        facts: Mapping[str, KeptFacts] = _NO_FACTS,
        at_work: AtWork = nullcontext,
    ) -> None:
        self._tenant_access = access
        self._rehearsal = rehearsal
        self._journal = journal
        self._pace = pace
        self._report_progress = report_progress
        self._facts = dict(facts)
        self._outcomes: dict[str, Outcome] = {}
        self._at_work = at_work

    async def run(self, states: Mapping[str, TenantState | Failure]) -> tuple[Outcome, ...]:
        """Apply the plan wave by wave.

        Args:
            states: Of each tenant when it was surveyed; it is read again right before it is changed.

        Returns:
            One outcome per tenant, in the order given.
        """
        log(ApplyStarted(plan=self._plan, tenants=len(states), stages=len(self._rehearsal.stages)))
        for tenant, state in states.items():
            self._end_unless_ready(tenant, state)
        ready = [tenant for tenant in states if tenant not in self._outcomes]
        slots = asyncio.Semaphore(self._pace.concurrency)
        for number, wave in enumerate(cut_waves(ready, self._pace.waves)):
            if number and not self._stopped:
                await asyncio.sleep(self._pace.pause)
            if not self._stopped:
                log(ApplyWave(plan=self._plan, wave=number + 1, tenants=len(wave)))
            await asyncio.gather(*(self._apply_unless_stopped(tenant, slots) for tenant in wave))
        failed = sum(outcome.kind is OutcomeKind.FAILED for outcome in self._outcomes.values())
        log(ApplyFinished(plan=self._plan, tenants=len(self._outcomes), failed=failed))
        return tuple(self._outcomes[tenant] for tenant in states)

    @property
    def _plan(self) -> str:
        return self._journal.plan

    @property
    def _stopped(self) -> bool:
        return any(outcome.kind is OutcomeKind.FAILED for outcome in self._outcomes.values())

    def _end_unless_ready(self, tenant: str, state: TenantState | Failure) -> None:
        match state:
            case Finished():
                self._end(tenant, OutcomeKind.DONE_BEFORE)
            case UnexpectedState(reason=reason):
                self._end(tenant, OutcomeKind.REFUSED, reason)
            case Failure(message=message):
                self._end(tenant, OutcomeKind.NOT_REACHED, message)
            case Ready():
                pass

    def _end(self, tenant: str, kind: OutcomeKind, message: str = "", *, sqlstate: str = "") -> None:
        log(ApplyTenantEnded(plan=self._plan, tenant=tenant, outcome=kind.value, sqlstate=sqlstate))
        self._outcomes[tenant] = Outcome(tenant=tenant, kind=kind, message=message)
        match kind:
            case OutcomeKind.DONE | OutcomeKind.DONE_BEFORE:
                self._journal.note(Done(tenant=tenant))
            case OutcomeKind.FAILED:
                self._journal.note(Failed(tenant=tenant, message=message))
        if kind is not OutcomeKind.UNTOUCHED:
            self._report_progress(tenant, f"{kind}: {message}" if message else kind.value)

    async def _apply_unless_stopped(self, tenant: str, slots: asyncio.Semaphore) -> None:
        async with slots:
            if self._stopped:
                self._end(tenant, OutcomeKind.UNTOUCHED, "the run stopped before its turn")
                return
            with self._at_work(tenant):
                await self._apply_to(tenant)

    async def _apply_to(self, tenant: str) -> None:
        target = self._tenant_access.targets[tenant]
        begun = _WriteProgress()
        try:
            async with open_writer(
                self._tenant_access.hosts[target.host], target, self._tenant_access.profile, self._tenant_access.limits
            ) as writer:
                if not await writer.claim(_CLAIM_TIMEOUT_SECONDS):
                    self._end(tenant, OutcomeKind.NOT_REACHED, "another fleetdrift apply is at work on it")
                    return
                refused = self._rehearsal.tenant_code_refused
                if refused and (reach := await writer.reach_beyond_tenant()):
                    insist = "apply it as another role, or insist with --tenant-code"
                    self._end(tenant, OutcomeKind.REFUSED, f"{refused}, which {reach}: {insist}")
                    return
                await self._run_plan(tenant, writer, begun)
        except TargetError as error:
            kind = OutcomeKind.FAILED if begun.writing else OutcomeKind.NOT_REACHED
            self._end(tenant, kind, error.failure.message)
        except StatementError as error:
            message = f"{error.message} (SQLSTATE {error.sqlstate}); in: {error.sql}"
            self._end(tenant, OutcomeKind.FAILED, message, sqlstate=error.sqlstate)

    async def _run_plan(self, tenant: str, writer: Writer, begun: _WriteProgress) -> None:
        for _ in range(_MAX_ATTEMPTS):
            snapshot, token = await writer.snapshot()
            state = await self._rehearsal.state_of(snapshot, stages_noted=begun.stages)
            if not isinstance(state, Ready):
                self._end_unless_ready(tenant, state)
                return
            try:
                await self._run_stages(tenant, state, writer, token, begun)
            except SchemaMovedError:
                begun.writing = False
                continue
            await self._verify(tenant, writer)
            return
        kind = OutcomeKind.FAILED if begun.writing else OutcomeKind.NOT_REACHED
        self._end(tenant, kind, "its schema keeps changing")

    async def _run_stages(self, tenant: str, state: Ready, writer: Writer, token: str, begun: _WriteProgress) -> None:
        """Run the stages that are not done yet."""
        stages = self._rehearsal.stages
        self._journal.note(Begun(tenant=tenant, stage=state.stage))
        log(ApplyTenantStarted(plan=self._plan, tenant=tenant, stage=state.stage + 1, stages=len(stages)))
        begun.writing = True
        for name in state.leftovers:
            await writer.drop_invalid_index(name)
            token = ""
        for number in range(state.stage, len(stages)):
            await self._stage(tenant, stages[number], writer, token)
            token = ""  # from here on our own statements change it
            begun.stages = number + 1
            self._journal.note(Staged(tenant=tenant, stage=number))
            log(ApplyStageDone(plan=self._plan, tenant=tenant, stage=number + 1, stages=len(stages)))
            self._report_progress(tenant, f"stage {number + 1} of {len(stages)}")

    async def _stage(self, tenant: str, stage: Stage, writer: Writer, token: str) -> None:
        """Run one stage; a statement that did not get its lock is tried again, `lock_tries` times at most."""
        for attempt in range(1, self._pace.lock_tries + 1):
            try:
                held = self._facts.get(tenant, {})
                self._facts[tenant] = await writer.run(stage, token, facts=held, note=partial(self._note_facts, tenant))
            except StatementError as error:
                if not stage.transactional:
                    token = ""
                    await _clean_up(writer, built_alone((stage,)))
                if not error.transient or attempt == self._pace.lock_tries:
                    raise
                await asyncio.sleep(min(self._pace.lock_pause * 2 ** (attempt - 1), _MAX_LOCK_PAUSE_SECONDS))
            else:
                return

    def _note_facts(self, tenant: str, facts: KeptFacts) -> None:
        """Write the facts to the disk before the transaction that drops what they are about is committed."""
        self._journal.note(Kept(tenant=tenant, facts=facts))

    async def _verify(self, tenant: str, writer: Writer) -> None:
        """Read the schema back: the tenant is done only when nothing of the plan is left to do."""
        snapshot, _ = await writer.snapshot()
        state = await self._rehearsal.state_of(snapshot, stages_noted=len(self._rehearsal.stages))
        if isinstance(state, Finished):
            self._end(tenant, OutcomeKind.DONE)
        else:
            self._end(tenant, OutcomeKind.FAILED, "every statement ran, but the schema is not what the plan leads to")


class _WriteProgress:
    """Whether anything was tried on a tenant, and how many stages have taken effect."""

    def __init__(self) -> None:
        self.writing = False
        self.stages = 0


async def _clean_up(writer: Writer, names: frozenset[QualifiedName]) -> None:
    """Remove the invalid index that a failed CREATE INDEX CONCURRENTLY leaves; a later run finds it if we cannot."""
    if not names:
        return
    try:
        snapshot, _ = await writer.snapshot()
        for name in invalid_indexes(snapshot, names):
            await writer.drop_invalid_index(name)
    except (StatementError, TargetError):
        return
