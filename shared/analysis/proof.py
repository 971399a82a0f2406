"""Run a plan on a copy of the shape it was made for, and say whether it leads to the declared schema."""

from __future__ import annotations

import msgspec

from shared.diff.compare import diff_schemas
from shared.postgres.scratch.errors import ScratchError, ScratchLimitError
from shared.postgres.scratch.plan_run import run_plan
from shared.postgres.scratch.rebuild import MaterialiseError, materialise, read_again, with_tenants_fact
from shared.postgres.scratch.server import ScratchServer
from shared.postgres.scratch.unbuilt import Unbuilt, by_object, with_dependents, without
from shared.remediation.plan import Plan, Proof, ProofStatus
from shared.remediation.planner import plan_remediation
from shared.schema.database import Extension
from shared.schema.identity import ObjectId
from shared.schema.model import SchemaObject
from shared.schema.profile import Profile
from shared.schema.relations import MaterializedView
from shared.schema.schema import Schema, Snapshot


class Trial(msgspec.Struct, frozen=True):
    """What came of running a plan on a copy.

    Args:
        proof: Whether it led to its end.
        after: What was read then; None when it did not come so far.
        ran: Every statement that could be tried has run.
    """

    proof: Proof
    after: Snapshot | None = None
    ran: bool = False


class Buildable(msgspec.Struct, frozen=True):
    """What of two schemas the scratch server can rebuild, and which statements can be tried there.

    Args:
        desired: Without what cannot be rebuilt.
        observed: The same.
        lacking: What cannot be rebuilt, and why.
        untried: Numbers of the statements about that.
    """

    desired: Snapshot
    observed: Snapshot
    lacking: dict[ObjectId, str]
    untried: frozenset[int]

    @classmethod
    def of(cls, desired: Snapshot, observed: Snapshot, plan: Plan, unbuilt: tuple[Unbuilt, ...]) -> Buildable:
        """Part two schemas and a plan."""
        reasons = by_object(unbuilt)
        lacking = reasons | with_dependents(desired, reasons)
        untried = frozenset(number for number, each in enumerate(plan.statements) if each.object in lacking)
        return cls(without(desired, lacking), without(observed, lacking), lacking, untried)


async def prove(
    scratch: ScratchServer,
    desired: Snapshot,
    observed: Snapshot,
    plan: Plan,
    profile: Profile,
    *,
    unbuilt: tuple[Unbuilt, ...] = (),
    as_read: Snapshot | None = None,
) -> Trial:
    """Apply a plan to a copy of the observed shape and compare what is there then with the desired one.

    Args:
        scratch: Where it is tried.
        desired: The spec, as the scratch server spells it.
        observed: The shape, as the scratch server spells it.
        plan: Made for exactly these two.
        profile: Which facets are compared.
        unbuilt: What the copy lacks, because it cannot be rebuilt. Statements about it are not tried, and said.
        as_read: The spec as its own server spells it, where the plan was made for that spelling. What is spelt so after
            the plan is where it should be.

    Returns:
        Proven when nothing differs afterwards but what `plan.remaining` says, and planning again gives nothing.

    Raises:
        TargetError: When the scratch server fails.
    """
    try:
        return await _try(scratch, Buildable.of(desired, observed, plan, unbuilt), plan, profile, as_read or desired)
    except ScratchLimitError as error:
        return Trial(Proof(ProofStatus.UNPROVEN, f"on a copy without rows {error}"))


async def _try(scratch: ScratchServer, sides: Buildable, plan: Plan, profile: Profile, as_read: Snapshot) -> Trial:
    desired, observed = sides.desired, sides.observed
    tried = tuple(each for number, each in enumerate(plan.statements) if number not in sides.untried)
    async with scratch.database() as database:
        try:
            await materialise(database, observed)
        except MaterialiseError as error:
            return Trial(Proof(ProofStatus.NOT_ATTEMPTED, str(error)))
        try:
            await run_plan(database, tried, {})
        except ScratchError as error:
            about = tried[error.number].object
            return Trial(Proof(ProofStatus.UNPROVEN, f"the statement for {about} failed: {error}"))
        read = await read_again(database, profile, observed)
    after = _respelt(_with_tenants_facts(read, desired, observed, plan), desired, as_read)
    proof = _judged(desired, after, plan, profile)
    if sides.untried and proof.status is ProofStatus.PROVEN:
        about = plan.statements[min(sides.untried)].object
        reason = f"all but the statements about what cannot be tried were proven: {sides.lacking[about]}"
        return Trial(Proof(ProofStatus.UNPROVEN, reason), ran=True)
    return Trial(proof, after, ran=True)


def _with_tenants_facts(after: Snapshot, desired: Snapshot, observed: Snapshot, plan: Plan) -> Snapshot:
    """Extension versions, and what is filled, are what they were, unless the plan changed them.

    The scratch server has let it change a version, and runs no query to fill anything.
    """
    touched = {statement.object for statement in plan.statements}
    was, wanted = observed.schema.by_identity(), desired.schema.by_identity()

    def versioned(item: SchemaObject) -> SchemaObject:
        fact = (wanted if item.identity in touched else was).get(item.identity)
        return with_tenants_fact(item, fact) if isinstance(item, Extension | MaterializedView) else item

    return msgspec.structs.replace(after, schema=Schema(tuple(map(versioned, after.schema))))


def _respelt(after: Snapshot, desired: Snapshot, as_read: Snapshot) -> Snapshot:
    """Spell as the scratch server does what is spelt as it was read.

    A plan writes expressions so that PostgreSQL reads them as they were first written, which a rebuilt copy does not.
    """
    read, wanted = as_read.schema.by_identity(), desired.schema.by_identity()
    objects = (wanted.get(item.identity, item) if read.get(item.identity) == item else item for item in after.schema)
    return msgspec.structs.replace(after, schema=Schema(tuple(objects)))


def _judged(desired: Snapshot, after: Snapshot, plan: Plan, profile: Profile) -> Proof:
    left = diff_schemas(desired.schema, after.schema)
    for change in left.changes:
        if not plan.leaves(change):
            return Proof(ProofStatus.UNPROVEN, f"after the plan, {change.identity} still differs")
    again = plan_remediation(desired, after, left, destructive=False, profile=profile)
    if again.statements:
        return Proof(ProofStatus.UNPROVEN, f"planning again still wants to touch {again.statements[0].object}")
    return Proof(ProofStatus.PROVEN)
