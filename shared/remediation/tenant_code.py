"""Name the code of a tenant that a statement of a plan runs as whoever applies the plan.

Checks, casts, defaults and generated columns call functions while rows are read or written anew, and PostgreSQL runs
them as the role that gives the statement. Indexes and materialized views it computes as their owner, and lets that do
nothing else. `SET ROLE` would be no wall: what runs can say `RESET ROLE`.

PostgreSQL's own functions call others too (those that compare arrays call what compares their elements), and no catalog
says so: every cast, operator and operator class of a type that is reached counts. Not known is what a body that is kept
as text calls; such a routine counts itself.
"""

from __future__ import annotations

from collections.abc import Iterable

from shared.kinds import RECORDS
from shared.kinds.context import Context
from shared.kinds.hazards import runs_tenant_code
from shared.kinds.naming import designation
from shared.kinds.step import Hazard, HazardKind, Role, Step
from shared.schema.identity import ObjectId, QualifiedName
from shared.schema.relations import Column, ForeignTable, MaterializedView, Sequence, Table, View
from shared.schema.routines import Cast, Operator, OperatorClass, OperatorFamily

_OF_TYPES = (Cast, Operator, OperatorClass, OperatorFamily)
_RELATIONS = (Column, ForeignTable, MaterializedView, Sequence, Table, View)


def tenant_code_of(identity: ObjectId, step: Step, context: Context) -> Hazard | None:
    """Give the hazard of a statement that calls functions which the tenant's owner can change; None for others.

    Args:
        identity: What the statement is about.
        step: The statement.
        context: The plan.
    """
    kinds = {hazard.kind for hazard in step.hazards}
    reads = step.role is Role.VALIDATE or kinds & {HazardKind.SCANS_TABLE, HazardKind.REWRITES_TABLE}
    if step.role is Role.FILL or not reads:
        return None
    start = {identity}
    if HazardKind.REWRITES_TABLE in kinds:
        table = QualifiedName(identity.namespace, identity.parent or identity.name)
        start |= {part.identity for part in context.desired.children[table]}
    called = sorted(designation(routine) for routine in _called(start, context))
    return runs_tenant_code(", ".join(called)) if called else None


def _called(start: Iterable[ObjectId], context: Context) -> set[ObjectId]:
    """Name the routines that these objects need, through types and operators, but not through other tables."""
    desired, seen, left = context.desired, set(start), list(start)
    while left:
        identity = left.pop()
        near = set(desired.references[identity])
        if RECORDS[identity.kind].keyword == "DOMAIN":
            near |= {part.identity for part in desired.children[QualifiedName(identity.namespace, identity.name)]}
        near |= {user for user in desired.dependents[identity] if isinstance(desired.objects[user], _OF_TYPES)}
        more = {below for below in near - seen if not isinstance(desired.objects.get(below), _RELATIONS)}
        seen |= more
        left += more
    return {identity for identity in seen if RECORDS[identity.kind].overloaded}
