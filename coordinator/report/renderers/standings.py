"""The tenants of a report as its page lists them: those that stand alike together, however many there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

import msgspec

from coordinator.report.model import ReportBody, TenantResult, TenantStatus
from coordinator.report.renderers.squares import Squares, lay_out
from coordinator.report.renderers.visible import visible

_MAX_STANDINGS = 200
"""Standings listed one by one; what is beyond is listed by status alone, so that a page stays small."""

_OF_THE_REST = "the rest, each with few others: the JSON report has their schemas"

_MAX_SQUARES_WITH_LINES = 20_000
"""Squares up to which lines between them can be seen."""

_ORDER_OF_STATUSES = (
    TenantStatus.DRIFTED,
    TenantStatus.UNVERIFIED,
    TenantStatus.UNREACHABLE,
    TenantStatus.ERROR,
    TenantStatus.STALE,
    TenantStatus.NEVER_SCANNED,
    TenantStatus.PENDING,
    TenantStatus.IN_SYNC,
    TenantStatus.EXCLUDED,
)


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """Tenants that stand alike.

    Args:
        status: Theirs.
        details: What else they have in common, in words.
        group: Id of their drift group, or empty.
        names: Theirs, one a line, as they can be shown.
        tenants: How many.
        path: Their squares on the map.
    """

    status: TenantStatus
    details: str
    group: str
    names: str
    tenants: int
    path: str = ""


class TenantList(msgspec.Struct, frozen=True, kw_only=True):
    """All tenants of a report.

    Args:
        standings: What is wrong first, then what is not known.
        squares: The map of them.
        has_lines: Whether lines between its squares can be seen.
    """

    standings: tuple[Standing, ...]
    squares: Squares
    has_lines: bool


def list_tenants(body: ReportBody) -> TenantList:
    """List the tenants by where they stand."""
    alike: defaultdict[tuple[TenantStatus, str, str], list[str]] = defaultdict(list)
    for result in body.tenants:
        alike[result.status, result.group, _details(result)].append(result.tenant)
    most_first = sorted(alike.items(), key=lambda each: (-len(each[1]), each[0]))
    listed = [*map(_standing, most_first[:_MAX_STANDINGS]), *_by_status(most_first[_MAX_STANDINGS:])]
    listed.sort(key=lambda each: (_ORDER_OF_STATUSES.index(each.status), -each.tenants, each.details))
    squares = lay_out([each.tenants for each in listed])
    standings = (msgspec.structs.replace(each, path=path) for each, path in zip(listed, squares.paths, strict=True))
    return TenantList(
        standings=tuple(standings), squares=squares, has_lines=len(body.tenants) <= _MAX_SQUARES_WITH_LINES
    )


def _standing(alike: tuple[tuple[TenantStatus, str, str], list[str]]) -> Standing:
    (status, group, details), tenants = alike
    names = "\n".join(map(visible, tenants))
    return Standing(status=status, details=details, group=group, names=names, tenants=len(tenants))


def _by_status(rest: Iterable[tuple[tuple[TenantStatus, str, str], list[str]]]) -> Iterator[Standing]:
    tenants: defaultdict[TenantStatus, list[str]] = defaultdict(list)
    for (status, _, _), names in rest:
        tenants[status] += names
    for status, names in tenants.items():
        yield _standing(((status, "", _OF_THE_REST), sorted(names)))


def _details(result: TenantResult) -> str:
    if result.failure is not None:
        return f"{result.failure.kind}: {result.failure.message}"
    versions = ", ".join(
        f"version {version.version} ({version.tool}{', failed half-way' if version.dirty else ''})"
        for version in result.versions
    )
    return ", ".join(filter(None, (f"schema {result.shape[:8]}" if result.shape else "", versions)))
