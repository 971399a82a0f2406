"""The only way from a desired and an observed schema to diff, findings, contract verdicts and a plan.

`scan`, `check`, `diff` and the rehearsal of `apply` differ in their requests and in nothing else.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import msgspec

from shared.analysis.analysis import Analysis
from shared.analysis.comparing import (
    Comparison,
    compare,
    compare_as_read,
    count_left_out,
    with_unread,
    without_respelled,
)
from shared.analysis.planning import Ends, plan_and_prove
from shared.analysis.request import AnalysisRequest, SpeltBy
from shared.contracts.contract import Verdict
from shared.findings.judge import judge
from shared.postgres.scratch import (
    MaterialiseError,
    ScratchLimitError,
    ScratchLostError,
    ScratchServer,
    Spelt,
    spell,
)
from shared.postgres.scratch.unbuilt import Unbuilt, by_object, sorted_unbuilt
from shared.remediation.guarding import make_guard
from shared.remediation.plan import Plan, Proof, ProofStatus
from shared.remediation.planner import plan_remediation
from shared.schema.canonical import schema_hash
from shared.schema.schema import Snapshot

if TYPE_CHECKING:
    from shared.analysis.known_shapes import KnownShapes
    from shared.postgres.scratch.contract_memory import ContractMemory

CRASHED = "it crashed the scratch server"


async def analyse(
    scratch: ScratchServer,
    request: AnalysisRequest,
    *,
    memory: ContractMemory | None = None,
    shapes: KnownShapes | None = None,
) -> Analysis:
    """Analyse one shape.

    Args:
        scratch: Where the shape is rebuilt and the plan is tried. It is not asked when the two schemas are equal as
            they were read and there is no contract.
        request: What is asked.
        memory: What PostgreSQL has said of the contracts before. Keep one per process.
        shapes: What earlier analyses said of shapes, whatever the services expected then.

    Returns:
        The analysis. A shape that cannot be rebuilt on the scratch server is compared as it was read, and `unverified`
        says why; nothing is guessed. So it is with a shape that takes too much of the scratch server or crashes it.

    Raises:
        MaterialiseError: When the desired schema was never compiled and cannot be rebuilt on the scratch server.
        TargetError: When the scratch server fails.
    """
    known = shapes.get(request) if shapes is not None else None
    if known is not None:
        with contextlib.suppress(MaterialiseError, ScratchLostError, ScratchLimitError):  # then all is done anew
            verdicts = await _verdicts(scratch, request, known.whole, known.unbuilt, memory)
            return msgspec.structs.replace(known.analysis, id=request.id, verdicts=verdicts)
    try:
        return await _analyse(scratch, request, memory, shapes)
    except ScratchLostError:  # by the fault of this shape, or of another one: alone it will show
        pass
    except ScratchLimitError as error:
        return _unverified(request, _as_read(request), str(error))
    try:
        return await _analyse(scratch.alone(), request, memory, shapes)
    except ScratchLostError:
        return _unverified(request, _as_read(request), CRASHED)
    except ScratchLimitError as error:
        return _unverified(request, _as_read(request), str(error))


def _as_read(request: AnalysisRequest) -> Comparison:
    found = compare_as_read(request.spec.snapshot, request.snapshot, request.profile)
    return with_unread(found, request.spec.source.unread)


async def _analyse(
    scratch: ScratchServer, request: AnalysisRequest, memory: ContractMemory | None, shapes: KnownShapes | None
) -> Analysis:
    as_read = _as_read(request)
    try:
        alone = spelt = await _spelt(scratch, request, as_read)
        spelt, verdicts = await _with_verdicts(scratch, request, spelt, memory)
    except MaterialiseError as error:
        return _unverified(request, as_read, str(error))
    plan = await _plan(scratch, request, spelt)
    answer = _answer(request, spelt, plan, verdicts=verdicts)
    if shapes is not None and spelt is alone:  # else what is unbuilt was found out for the services
        shapes.put(request, answer, spelt)
    return answer


async def _spelt(scratch: ScratchServer, request: AnalysisRequest, as_read: Comparison) -> Comparison:
    """Compare the schemas once the scratch server has spelt both.

    Raises:
        MaterialiseError: When one cannot be rebuilt there.
    """
    if not as_read.diff:
        return as_read
    if request.desired_spelt_by is SpeltBy.SAME_MAJOR:
        return await _with_real_changes(scratch, request, as_read)
    return await _spelt_anew(scratch, request, as_read)


async def _spelt_anew(scratch: ScratchServer, request: AnalysisRequest, as_read: Comparison) -> Comparison:
    desired = Spelt(as_read.desired)
    if request.desired_spelt_by is not SpeltBy.SCRATCH:
        desired = await spell(scratch, as_read.desired, request.profile)
    whole = await spell(scratch, as_read.whole, request.profile)
    unbuilt = sorted_unbuilt(by_object(desired.unbuilt), by_object(whole.unbuilt))
    found = compare(desired.snapshot, whole.snapshot, request.profile, unbuilt)
    return with_unread(found, request.spec.source.unread)


async def _with_real_changes(scratch: ScratchServer, request: AnalysisRequest, as_read: Comparison) -> Comparison:
    """Drop changes that are only spelling, as after a dump and restore; keep all where nothing can be rebuilt."""
    try:
        as_spelt = await _spelt_anew(scratch, request, as_read)
    except MaterialiseError as error:
        return msgspec.structs.replace(as_read, unspelt=str(error))
    diff = without_respelled(as_read.diff, as_spelt, request.profile)
    return msgspec.structs.replace(as_read, diff=diff, unbuilt=as_spelt.unbuilt, on_copies=as_spelt)


async def _plan(scratch: ScratchServer, request: AnalysisRequest, spelt: Comparison) -> Plan:
    if spelt.unspelt:
        return _unproven_plan(request, spelt).with_proof(Proof(ProofStatus.NOT_ATTEMPTED, spelt.unspelt))
    on_copies = spelt.on_copies
    return await plan_and_prove(
        scratch,
        spelt.goal,
        spelt.whole,
        spelt.planned,
        request.profile,
        on_copies=Ends(on_copies.goal, on_copies.whole) if on_copies is not None else None,
        destructive=request.destructive,
        recipe=request.recipe,
        unbuilt=spelt.unbuilt,
    )


def _unproven_plan(request: AnalysisRequest, comparison: Comparison) -> Plan:
    return plan_remediation(
        comparison.goal,
        comparison.whole,
        comparison.planned,
        destructive=request.destructive,
        recipe=request.recipe,
        profile=request.profile,
    )


def _unverified(request: AnalysisRequest, as_read: Comparison, reason: str) -> Analysis:
    """Answer for a shape that cannot be rebuilt."""
    plan = _unproven_plan(request, as_read).with_proof(Proof(ProofStatus.UNPROVEN, reason))
    spec = request.spec
    verdicts: tuple[Verdict, ...] = ()
    if request.contracts:
        from shared.analysis.judging import judge_statically  # lazy: what judges services loads the Rust reader's rules

        verdicts = judge_statically(request.contracts, spec.snapshot, as_read.whole, spec.origins)
    return _answer(request, as_read, plan, verdicts=verdicts, unverified=reason)


def _answer(
    request: AnalysisRequest,
    comparison: Comparison,
    plan: Plan,
    *,
    verdicts: tuple[Verdict, ...] = (),
    unverified: str = "",
) -> Analysis:
    return Analysis(
        id=request.id,
        shape=schema_hash(comparison.observed.schema),
        diff=comparison.diff,
        findings=judge(comparison.diff, request.spec),
        verdicts=verdicts,
        plan=_for_tenants(request, comparison, plan),
        unverified=unverified,
        left_out=count_left_out(comparison, request.snapshot, request.profile),
    )


def _for_tenants(request: AnalysisRequest, comparison: Comparison, plan: Plan) -> Plan:
    """Add what is needed to run a plan elsewhere: its guard, and what the namespace stands on."""
    if not plan.statements:
        return plan
    if request.guarded:
        guard = make_guard(request.snapshot, comparison.goal, comparison.diff, plan.statements, request.profile)
        plan = plan.with_guards(guard)
    return msgspec.structs.replace(plan, surroundings=request.spec.snapshot.surroundings)


async def _with_verdicts(
    scratch: ScratchServer, request: AnalysisRequest, spelt: Comparison, memory: ContractMemory | None
) -> tuple[Comparison, tuple[Verdict, ...]]:
    """Check the contracts; where the shape cannot be rebuilt as a whole, on a copy of what can be.

    Raises:
        MaterialiseError: When the shape, or the declared schema, cannot be rebuilt.
    """
    try:
        verdicts = await _verdicts(scratch, request, spelt.whole, spelt.unbuilt, memory)
    except MaterialiseError:
        if spelt.unbuilt:
            raise
    else:
        return spelt, verdicts
    desired, whole = [await spell(scratch, side, request.profile) for side in (spelt.desired, spelt.whole)]
    unbuilt = sorted_unbuilt(by_object(desired.unbuilt), by_object(whole.unbuilt))
    verdicts = await _verdicts(scratch, request, spelt.whole, unbuilt, memory)
    return msgspec.structs.replace(spelt, unbuilt=unbuilt), verdicts


async def _verdicts(
    scratch: ScratchServer,
    request: AnalysisRequest,
    whole: Snapshot,
    unbuilt: tuple[Unbuilt, ...],
    memory: ContractMemory | None,
) -> tuple[Verdict, ...]:
    if not request.contracts:
        return ()
    from shared.analysis.judging import judge_services  # lazy, as in `_unverified`

    spec = request.spec
    return await judge_services(
        scratch, request.contracts, spec.snapshot, whole, memory, unbuilt=unbuilt, origins=spec.origins
    )
