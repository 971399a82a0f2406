"""Decide which statements of a plan may run, and on which tenants. Pure."""

from __future__ import annotations

import msgspec

from shared.diff.changes import Unverified
from shared.kinds.step import HazardKind
from shared.postgres.scratch.rights import is_skipped
from shared.remediation.plan import Plan, ProofStatus, Statement
from shared.schema.canonical import content_hash


class ApplyRefusedError(Exception):
    """The plan may not be applied as asked; the message is one sentence that says what would be needed."""


class Permissions(msgspec.Struct, frozen=True):
    """What the user allows explicitly.

    Args:
        unproven: Apply a plan that was not seen to work on a copy.
        destructive: Run the statements that lose data or objects.
        tenant_code: Run what calls functions of a tenant's, as a superuser too.
    """

    unproven: bool = False
    destructive: bool = False
    tenant_code: bool = False


class Admitted(msgspec.Struct, frozen=True, kw_only=True):
    """The statements of a plan that may run.

    Args:
        plan: The whole plan.
        statements: Those of its statements that run, in order.
        left_out: Destructive statements that do not run.
        tenant_code: Whether a superuser may run what calls functions of a tenant's.
    """

    plan: Plan
    statements: tuple[Statement, ...]
    left_out: tuple[Statement, ...] = ()
    tenant_code: bool = False

    @property
    def tenant_code_refused(self) -> str:
        """Why no superuser may run it: the first hazard of that kind, unless the user allows it; else empty."""
        hazards = (hazard for statement in self.statements for hazard in statement.hazards)
        found = next((h.message for h in hazards if h.kind is HazardKind.RUNS_TENANT_CODE), "")
        return "" if self.tenant_code else found

    @property
    def complete(self) -> bool:
        """Whether the statements lead all the way to the declared schema."""
        unknown = any(isinstance(change, Unverified) for change in self.plan.remaining)
        return not self.left_out and not unknown and not self.plan.obstacles

    @property
    def id(self) -> str:
        """Identify what runs: equal ids exactly for equal statements between equal schemas."""
        what = [self.plan.observed, self.plan.desired, [statement.sql for statement in self.statements]]
        return content_hash("apply/1", what)[:16]


def admit(plan: Plan, permissions: Permissions) -> Admitted:
    """Choose the statements that run.

    Raises:
        ApplyRefusedError: When the plan is not proven, holds a statement that no proof tries, or none that may run.
    """
    for statement in plan.statements:
        if is_skipped(statement.sql):
            raise ApplyRefusedError(
                f"the statement for {statement.object} is about roles, databases or tablespaces, which no plan of this "
                f"program is: the file was changed after it was made"
            )
    if plan.proof.status is not ProofStatus.PROVEN and not permissions.unproven:
        reason = plan.proof.reason or "it was not tried on a copy"
        raise ApplyRefusedError(f"the plan is not proven ({reason}); --unproven applies it all the same")
    chosen = tuple(s for s in plan.statements if permissions.destructive or not s.destructive)
    left_out = tuple(s for s in plan.statements if s not in chosen)
    if not chosen and left_out:
        raise ApplyRefusedError("every statement of the plan is destructive; --destructive applies it all the same")
    if not chosen:
        raise ApplyRefusedError("the plan has no statements: nothing can be put right by SQL here")
    return Admitted(plan=plan, statements=chosen, left_out=left_out, tenant_code=permissions.tenant_code)


def choose_tenants(named: tuple[str, ...], of_group: tuple[str, ...], *, whole_group: bool) -> tuple[str, ...]:
    """Give the tenants to apply to: those named, in that order (the first is the canary), or the whole group, sorted.

    Raises:
        ApplyRefusedError: When neither or both are asked for, or a named tenant is not in the plan's group.
    """
    if bool(named) == whole_group:
        raise ApplyRefusedError("say whom to apply it to: either --tenants a,b or --all-of-group")
    if whole_group and not of_group:
        raise ApplyRefusedError("the plan was made for no group; name the tenants with --tenants")
    not_in_group = sorted(set(named) - set(of_group)) if of_group else []
    if not_in_group:
        raise ApplyRefusedError(f"the plan was not made for {not_in_group[0]!r}: that tenant is not in its drift group")
    return tuple(dict.fromkeys(named)) if named else of_group
