"""The tenants of a report that could not be read, as its page lists them: those with the same reason together."""

from __future__ import annotations

from collections import defaultdict

import msgspec

from coordinator.report.model import ReportBody, TenantStatus
from coordinator.report.renderers.presentation import not_read
from coordinator.report.renderers.visible import visible

_MAX_REASONS = 500
"""Reasons that have a row of their own; tenants with further ones are listed a line each, for a small page."""


class Unread(msgspec.Struct, frozen=True, kw_only=True):
    """Tenants that could not be read for one reason.

    Args:
        tenants: Sorted.
        status: Theirs.
        kind: What kind of failure it was.
        message: What was said.
    """

    tenants: tuple[str, ...]
    status: TenantStatus
    kind: str
    message: str

    @property
    def names(self) -> str:
        """Give their names, one a line, as they can be shown."""
        return "\n".join(map(visible, self.tenants))


class UnreadTenants(msgspec.Struct, frozen=True, kw_only=True):
    """All tenants that could not be read.

    Args:
        tenants: How many.
        reasons: Those of most tenants first.
        others: How many tenants have further reasons.
        lines: Each of those with its reason, one a line, as they can be shown.
    """

    tenants: int
    reasons: tuple[Unread, ...]
    others: int
    lines: str


def list_unread(body: ReportBody) -> UnreadTenants:
    """List the tenants that could not be read: every one, with its reason."""
    alike: defaultdict[tuple[TenantStatus, str, str], list[str]] = defaultdict(list)
    for result in not_read(body):
        if result.failure is not None:
            alike[result.status, result.failure.kind.value, result.failure.message].append(result.tenant)
    ordered = sorted(
        (Unread(tenants=tuple(names), status=each[0], kind=each[1], message=each[2]) for each, names in alike.items()),
        key=lambda each: (-len(each.tenants), each.tenants),
    )
    rest = sorted(
        f"{tenant}: {each.kind}: {each.message}" for each in ordered[_MAX_REASONS:] for tenant in each.tenants
    )
    return UnreadTenants(
        tenants=sum(len(each.tenants) for each in ordered),
        reasons=tuple(ordered[:_MAX_REASONS]),
        others=len(rest),
        lines="\n".join(map(visible, rest)),
    )
