"""What of a plan may run at all. Pure."""

from __future__ import annotations

import msgspec

from shared.diff.changes import Unverified
from shared.remediation.plan import Plan, ProofStatus, Statement
from shared.schema.canonical import content_hash


class ApplyRefusedError(Exception):
    """The plan may not be applied as asked; the message is one sentence that says what would be needed."""


class Permissions(msgspec.Struct, frozen=True):
    """What the user insisted on: to apply what is not proven, to lose what cannot be brought back."""

    unproven: bool = False
    destructive: bool = False


class Admitted(msgspec.Struct, frozen=True, kw_only=True):
    """What may run.

    Args:
        plan: The whole plan.
        statements: Those of its statements that run, in order.
        left_out: Destructive statements that do not run.
    """

    plan: Plan
    statements: tuple[Statement, ...]
    left_out: tuple[Statement, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether the declared schema is what it leads to."""
        return not self.left_out and not any(isinstance(change, Unverified) for change in self.plan.remaining)

    @property
    def id(self) -> str:
        """Name what runs: equal exactly for equal statements between equal schemas."""
        what = [self.plan.observed, self.plan.desired, [statement.sql for statement in self.statements]]
        return content_hash("apply/1", what)[:16]


def admit(plan: Plan, permissions: Permissions) -> Admitted:
    """Choose what runs.

    Raises:
        ApplyRefusedError: When the plan is not proven, or nothing is left of it.
    """
    if plan.proof.status is not ProofStatus.PROVEN and not permissions.unproven:
        reason = plan.proof.reason or "it was not tried on a copy"
        raise ApplyRefusedError(f"the plan is not proven ({reason}); --unproven applies it all the same")
    chosen = tuple(s for s in plan.statements if permissions.destructive or not s.destructive)
    left_out = tuple(s for s in plan.statements if s not in chosen)
    if not chosen and left_out:
        raise ApplyRefusedError("every statement of the plan is destructive; --destructive applies it all the same")
    if not chosen:
        raise ApplyRefusedError("the plan has no statements: nothing can be put right by SQL here")
    return Admitted(plan=plan, statements=chosen, left_out=left_out)


def choose_tenants(named: tuple[str, ...], of_group: tuple[str, ...], *, whole_group: bool) -> tuple[str, ...]:
    """Give the tenants to apply to: those named, in that order (the first is the canary), or the whole group, sorted.

    Raises:
        ApplyRefusedError: When neither or both are asked for, or a named tenant is not in the plan's group.
    """
    if bool(named) == whole_group:
        raise ApplyRefusedError("say whom to apply it to: either --tenants a,b or --all-of-group")
    if whole_group and not of_group:
        raise ApplyRefusedError("the plan was made for no group; name the tenants with --tenants")
    strangers = sorted(set(named) - set(of_group)) if of_group else []
    if strangers:
        raise ApplyRefusedError(f"the plan was not made for {strangers[0]!r}: that tenant is not in its drift group")
    return tuple(dict.fromkeys(named)) if named else of_group
