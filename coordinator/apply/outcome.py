"""How the plan ended on each tenant, and the exit code that follows."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

import msgspec


class OutcomeKind(StrEnum):
    """How the plan ended on a tenant: every tenant that was asked for has exactly one."""

    DONE = "done"  # the plan has taken effect, and was seen to have
    DONE_BEFORE = "done before"  # nothing was left to do
    REFUSED = "refused"  # its schema is not what the plan was made for; nothing was done
    NOT_REACHED = "not reached"  # no connection, or another apply is at work on it; nothing was done
    FAILED = "failed"  # a statement failed, or the end is not what was expected
    UNTOUCHED = "untouched"  # the run stopped before its turn


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """How the plan ended on one tenant.

    Args:
        tenant: Name.
        kind: See OutcomeKind.
        message: Why, where it is not done; ends a sentence that begins with the tenant's name.
    """

    tenant: str
    kind: OutcomeKind
    message: str = ""


_SUCCESSFUL = frozenset({OutcomeKind.DONE, OutcomeKind.DONE_BEFORE})


def exit_code(outcomes: Iterable[Outcome], *, done: int, failed: int, incomplete: int) -> int:
    """Choose the exit code: `failed` when any tenant failed, else `incomplete` when any was not done."""
    kinds = {outcome.kind for outcome in outcomes}
    if OutcomeKind.FAILED in kinds:
        return failed
    return done if kinds <= _SUCCESSFUL else incomplete
