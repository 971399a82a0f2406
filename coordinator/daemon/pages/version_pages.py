"""The page of the version ladder: which tenants are at which version, and how far a rollout has come."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.handlers import BaseRouteHandler

from coordinator.daemon.pages.look import ShownFleet
from coordinator.memory.views import ShapeShare
from coordinator.records.schemas import VersionCount
from coordinator.report.model import ReportBody, Rollout, TenantStatus


class Rung(msgspec.Struct, frozen=True, kw_only=True):
    """One version of the ladder.

    Args:
        version: As the migration tool writes it; empty for tenants that have no table of versions.
        tools: Whose tables say so.
        name: What the version is called; empty when that is not known.
        tenants: How many are there.
        failed: How many of them have a migration that failed half-way.
        is_expected: All tenants should be there.
    """

    version: str
    tools: tuple[str, ...]
    name: str
    tenants: int
    failed: int
    is_expected: bool


class RolloutView(msgspec.Struct, frozen=True, kw_only=True):
    """Tenants that a rollout has not reached, or has reached first.

    Args:
        rollout: Where they stand.
        tenants: How many.
    """

    rollout: Rollout
    tenants: int


def version_pages() -> list[BaseRouteHandler]:
    """Give the page."""

    @get("/versions")
    async def show_versions(shown: NamedDependency[ShownFleet]) -> Response[str]:
        """Show who is at which version."""
        body = await shown.served.schemas.newest_body()
        counts = await shown.served.schemas.versions()
        status = dict((await shown.records.status()).tenants)
        total = sum(count for each, count in status.items() if each is not TenantStatus.EXCLUDED)
        return shown.page(
            "versions",
            "/versions",
            body=body,
            rungs=ladder_of(counts, body),
            total=total,
            never_read=max(0, total - sum(count.tenants for count in counts)),
            rollouts=_rollouts(body, await shown.records.shares()),
        )

    return [show_versions]


def ladder_of(counts: Sequence[VersionCount], body: ReportBody | None) -> list[Rung]:
    """Count tenants by version, the newest first; tenants without a table of versions come last.

    Args:
        counts: What the tables of tenants said.
        body: Of the newest report, which knows the expected version and what versions are called.
    """
    expected = body.expected_version if body else ""
    names = {step.version: step.name for each in (body.rollouts if body else ()) for step in (*each.lacks, *each.ahead)}
    tenants: Counter[str] = Counter()
    failed: Counter[str] = Counter()
    tools: dict[str, set[str]] = {}
    for count in counts:
        for said in count.versions:
            tenants[said.version] += count.tenants
            failed[said.version] += count.tenants * said.dirty
            tools.setdefault(said.version, set()).add(said.tool)
        if not count.versions:
            tenants[""] += count.tenants
    known = set(tenants) | ({expected} if expected else set())
    return [
        Rung(
            version=version,
            tools=tuple(sorted(tools.get(version, ()))),
            name=names.get(version, ""),
            tenants=tenants[version],
            failed=failed[version],
            is_expected=version == expected and bool(version),
        )
        for version in sorted(known, key=_age_of, reverse=True)
    ]


def _age_of(version: str) -> tuple[bool, int, str]:
    """Sort versions as numbers where they are: `9` is older than `10`."""
    return bool(version), int(version) if version.isdecimal() else 0, version


def _rollouts(body: ReportBody | None, shares: Sequence[ShapeShare]) -> list[RolloutView]:
    pending: Counter[str] = Counter()
    for share in shares:
        if share.status is TenantStatus.PENDING:
            pending[share.shape] += share.tenants
    return [RolloutView(rollout=each, tenants=pending[each.shape]) for each in (body.rollouts if body else ())]
