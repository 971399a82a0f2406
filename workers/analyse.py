"""One distinct shape, once: diff, findings, contract verdicts, and a remediation that has been tried.

A function of (spec, snapshot, contracts, profile) alone: its answer is kept under `analysis_key` for ever.
"""

from __future__ import annotations

import msgspec

from shared.analysis.analysis import Analysis
from shared.analysis.planning import plan_and_prove
from shared.contracts.contract import Contract, Verdict
from shared.diff.compare import diff_schemas
from shared.diff.partitions import with_partitions, without_following_partitions
from shared.diff.well_known import PARTITIONS, LeftOut, left_out, tool_objects, without_tool_objects
from shared.findings.judge import judge
from shared.postgres.scratch import MaterialiseError, ScratchServer, materialise, spell_until_stable
from shared.postgres.scratch.contract_baseline import Baselines
from shared.postgres.scratch.contract_check import check_contract
from shared.remediation.guarding import make_guard
from shared.remediation.plan import Proof, ProofStatus
from shared.remediation.planner import plan_remediation
from shared.schema.canonical import content_hash, schema_hash
from shared.schema.profile import Profile
from shared.schema.schema import Snapshot, Spec
from shared.schema.spelling import in_one_spelling


def analysis_key(spec: Spec, snapshot: Snapshot, contracts: tuple[Contract, ...], profile: Profile) -> str:
    """Name an analysis by everything it depends on.

    Column order counts (`SELECT *` depends on it), migration versions do not.
    """
    return content_hash(
        "analysis/1",
        {
            "spec": schema_hash(spec.schema),
            "observed": schema_hash(snapshot.schema),
            "server": snapshot.server_version // 10000,  # the plan's guard is spelt by it
            "column_order": snapshot.column_order,
            "contracts": contracts,
            "profile": profile,
            "surroundings": spec.snapshot.surroundings,
        },
    )


async def analyse(
    scratch: ScratchServer,
    spec: Spec,
    snapshot: Snapshot,
    contracts: tuple[Contract, ...],
    profile: Profile,
    *,
    baselines: Baselines | None = None,
) -> Analysis:
    """Say everything there is to say about one shape.

    Args:
        scratch: Where the shape is rebuilt and the remediation tried.
        spec: The desired schema, as the scratch server spells it.
        snapshot: The observed schema, as its own server spells it.
        contracts: What the services expect.
        profile: Which facets are compared.
        baselines: What the declared schema says of the contracts; keep one per process, for it remembers.

    Returns:
        The analysis. A shape that cannot be rebuilt on the scratch server is compared as read, and says why in
        `unverified`; nothing is guessed.
    """
    key = analysis_key(spec, snapshot, contracts, profile)
    compared = snapshot if profile.tools else without_tool_objects(snapshot, spec.schema)
    compared = msgspec.structs.replace(compared, surroundings=spec.snapshot.surroundings)
    try:
        whole = await spell_until_stable(scratch, compared, profile)
    except MaterialiseError as error:
        as_read = _compared_as_read(key, spec, compared, str(error), profile)
        return msgspec.structs.replace(as_read, left_out=_left_out(snapshot, spec, profile))
    observed = whole if profile.partitions else without_following_partitions(whole, spec.schema)
    diff = diff_schemas(spec.schema, observed.schema)
    desired = with_partitions(spec.snapshot, whole, observed)
    plan = await plan_and_prove(scratch, desired, whole, diff, profile, destructive=False)
    if plan.statements:
        plan = plan.with_guards(make_guard(snapshot, desired, diff, plan.statements, profile))
        plan = msgspec.structs.replace(plan, surroundings=spec.snapshot.surroundings)
    return Analysis(
        id=key,
        shape=schema_hash(observed.schema),
        diff=diff,
        findings=judge(diff, spec),
        verdicts=await _verdicts(scratch, spec, whole, contracts, baselines or Baselines(scratch)),
        plan=plan,
        left_out=_left_out(snapshot, spec, profile, partitions=_tables(whole) - _tables(observed)),
    )


def _left_out(snapshot: Snapshot, spec: Spec, profile: Profile, *, partitions: int = 0) -> tuple[LeftOut, ...]:
    """Count what was not compared: nothing is left out silently."""
    of_tools = () if profile.tools else left_out(tool_objects(snapshot, spec.schema))
    of_time = (LeftOut(PARTITIONS, partitions),) if partitions else ()
    return tuple(sorted(of_tools + of_time))


def _tables(snapshot: Snapshot) -> int:
    return sum(item.kind == "table" for item in snapshot.schema)


def _compared_as_read(key: str, spec: Spec, snapshot: Snapshot, reason: str, profile: Profile) -> Analysis:
    snapshot = snapshot if profile.spelling else in_one_spelling(snapshot)
    diff = diff_schemas(spec.schema, snapshot.schema)
    plan = plan_remediation(spec.snapshot, snapshot, diff, destructive=False, profile=profile)
    return Analysis(
        id=key,
        shape=schema_hash(snapshot.schema),
        diff=diff,
        findings=judge(diff, spec),
        plan=plan.with_proof(Proof(ProofStatus.UNPROVEN, reason)),
        unverified=reason,
    )


async def _verdicts(
    scratch: ScratchServer, spec: Spec, observed: Snapshot, contracts: tuple[Contract, ...], baselines: Baselines
) -> tuple[Verdict, ...]:
    """Check every contract on one copy of the shape."""
    if not contracts:
        return ()
    declared = [await baselines.of(contract, spec.snapshot) for contract in contracts]
    verdicts: list[Verdict] = []
    async with scratch.database() as copy:
        await materialise(copy, observed)
        for contract, baseline in zip(contracts, declared, strict=True):
            verdicts += await check_contract(copy, contract, observed, baseline=baseline)
    return tuple(verdicts)
