"""Make a plan, run it on a copy, and where something still differs plan again from there."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from shared.analysis.proof import Buildable, prove
from shared.analysis.row_proof import prove_with_rows
from shared.diff.changes import SchemaDiff, Unverified
from shared.diff.compare import diff_schemas
from shared.kinds.context import Recipe
from shared.postgres.scratch.server import ScratchServer
from shared.postgres.scratch.unbuilt import Unbuilt
from shared.remediation.plan import Plan, Proof, ProofStatus, RowProof, RowStatus
from shared.remediation.planner import plan_remediation
from shared.schema.profile import Profile
from shared.schema.schema import Snapshot

_MORE_ROUNDS = 2


class Ends(NamedTuple):
    """Where a plan leads, and where it begins, as the scratch server spells both."""

    desired: Snapshot
    observed: Snapshot


async def plan_and_prove(
    scratch: ScratchServer,
    desired: Snapshot,
    observed: Snapshot,
    diff: SchemaDiff,
    profile: Profile,
    *,
    destructive: bool,
    recipe: Recipe = Recipe.SHORT,
    on_copies: Ends | None = None,
    unbuilt: tuple[Unbuilt, ...] = (),
) -> Plan:
    """Give a plan with the outcome of its proof.

    Where something still differs after it, what leads from there to the end is appended, and the whole is proven from
    the start.

    Args:
        scratch: Where it is tried.
        desired: The spec.
        observed: The shape.
        diff: Between them.
        profile: Which facets are compared.
        destructive: See `plan_remediation`.
        recipe: The same.
        on_copies: The two as the scratch server spells them, where they are as their own servers spell them.
        unbuilt: What cannot be rebuilt of either, and so is not in the copy.

    Returns:
        Exactly the plan that was tried.

    Raises:
        TargetError: When the scratch server fails.
    """
    plan = plan_remediation(desired, observed, diff, destructive=destructive, profile=profile, recipe=recipe)
    if not plan.statements:
        return plan
    ends = on_copies or Ends(desired, observed)
    trial = await prove(scratch, *ends, plan, profile, unbuilt=unbuilt, as_read=desired)
    for _ in range(_MORE_ROUNDS if not unbuilt else 0):  # from a copy of a part nothing is planned for the whole
        if trial.proof.status is ProofStatus.PROVEN or trial.after is None:
            break
        after = msgspec.structs.replace(trial.after, server_version=observed.server_version)
        longer = _continued(plan, ends.desired, after, profile, destructive=destructive)
        if longer is None:
            break
        again = await prove(scratch, *ends, longer, profile, as_read=desired)
        if again.after is None:  # what was appended fails: the plan without it leads further
            break
        plan, trial = longer, again
    if not trial.ran:
        return plan.with_proof(_without_rows(trial.proof))
    return await _with_rows(scratch, ends, plan, trial.proof, unbuilt)


def _without_rows(proof: Proof) -> Proof:
    rows = RowProof(RowStatus.NOT_ATTEMPTED, ("it was not seen to run on a copy without rows",))
    return msgspec.structs.replace(proof, rows=rows)


async def _with_rows(
    scratch: ScratchServer, ends: Ends, plan: Plan, proof: Proof, unbuilt: tuple[Unbuilt, ...]
) -> Plan:
    """Give a plan with what came of it on a copy with rows: the proof, and on which rows statements fail."""
    buildable = Buildable.of(ends.desired, ends.observed, plan, unbuilt)
    trial = await prove_with_rows(scratch, buildable.desired, buildable.observed, plan, buildable.untried)
    statements = tuple(
        msgspec.structs.replace(each, hazards=tuple(sorted({*each.hazards, *trial.hazards[number]})))
        if number in trial.hazards
        else each
        for number, each in enumerate(plan.statements)
    )
    whole = msgspec.structs.replace(plan, statements=statements)
    return whole.with_proof(msgspec.structs.replace(proof, rows=trial.proof))


def _continued(plan: Plan, desired: Snapshot, after: Snapshot, profile: Profile, *, destructive: bool) -> Plan | None:
    """Append what leads from the end of a plan to the desired schema; None when there is nothing to append."""
    known = {change.identity for change in plan.remaining}
    changes = tuple(
        change
        for change in diff_schemas(desired.schema, after.schema).changes
        if change.identity not in known and not isinstance(change, Unverified)
    )
    more = plan_remediation(desired, after, SchemaDiff(changes), destructive=True, profile=profile).statements
    if not more:
        return None
    withheld = any(statement.destructive for statement in (*plan.statements, *more))
    if withheld and not destructive:
        # They were planned for what is there when everything has run, so they wait with what is destructive.
        remaining = tuple(sorted((*plan.remaining, *changes), key=lambda change: change.identity))
        more = tuple(msgspec.structs.replace(statement, destructive=True) for statement in more)
        return msgspec.structs.replace(plan, statements=(*plan.statements, *more), remaining=remaining)
    return msgspec.structs.replace(plan, statements=(*plan.statements, *more))
