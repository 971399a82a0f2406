"""The course of a fleet as a chart: tenants by status over time, stacked. Pure geometry for an SVG."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import msgspec

from coordinator.memory.views import FleetMoment
from coordinator.report.model import TenantStatus

WIDTH, HEIGHT = 1000, 120
"""Units of the chart; the page stretches it."""

NOT_IN_SYNC = (
    TenantStatus.DRIFTED,
    TenantStatus.ERROR,
    TenantStatus.UNREACHABLE,
    TenantStatus.UNVERIFIED,
    TenantStatus.PENDING,
)
"""Statuses that are drawn, from the bottom; tenants in sync are the rest, which needs no ink."""


class Band(msgspec.Struct, frozen=True, kw_only=True):
    """One status of the chart.

    Args:
        status: Which.
        path: Its area, as the `d` of an SVG path.
    """

    status: TenantStatus
    path: str


class CourseChart(msgspec.Struct, frozen=True, kw_only=True):
    """A chart.

    Args:
        bands: Those of statuses that occurred.
        highest: Tenants at the upper edge.
        begin: Moment at the left edge.
        end: Moment at the right edge.
    """

    bands: tuple[Band, ...]
    highest: int
    begin: dt.datetime
    end: dt.datetime


def draw_course(course: Sequence[FleetMoment], begin: dt.datetime, end: dt.datetime) -> CourseChart | None:
    """Draw how many tenants were not in sync; nothing when none ever was, or nothing is known.

    Args:
        course: Oldest first; none is later than `end`.
        begin: Moment at the left edge, or what came first where that is later.
        end: Moment at the right edge.
    """
    if not course:
        return None
    begin = max(begin, course[0].at)
    counts = [dict(moment.tenants) for moment in course]
    highest = max(sum(count.get(status, 0) for status in NOT_IN_SYNC) for count in counts)
    length = (end - begin).total_seconds()
    if not highest or length <= 0:
        return None
    edges = [WIDTH * max(0.0, (moment.at - begin).total_seconds()) / length for moment in course] + [float(WIDTH)]
    floor, bands = [0] * len(course), []
    for status in NOT_IN_SYNC:
        top = [low + count.get(status, 0) for low, count in zip(floor, counts, strict=True)]
        if top != floor:
            bands.append(Band(status=status, path=_area(edges, floor, top, highest)))
        floor = top
    return CourseChart(bands=tuple(bands), highest=highest, begin=begin, end=end)


def _area(edges: Sequence[float], floor: Sequence[int], top: Sequence[int], highest: int) -> str:
    """Go along the upper edge in steps, and back along the lower one."""
    upper, lower = [], []
    for left, right, high, low in zip(edges, edges[1:], top, floor, strict=False):
        upper += [f"{left:g} {_y(high, highest):g}", f"{right:g} {_y(high, highest):g}"]
        lower += [f"{left:g} {_y(low, highest):g}", f"{right:g} {_y(low, highest):g}"]
    return f"M{'L'.join(upper)}L{'L'.join(reversed(lower))}z"


def _y(tenants: int, highest: int) -> float:
    return round(HEIGHT - HEIGHT * tenants / highest, 2)
