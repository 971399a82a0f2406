"""The pictures of a fleet: every tenant has its square, and the course is drawn to scale."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coordinator.daemon.pages.course import HEIGHT, WIDTH, draw_course
from coordinator.daemon.pages.heat_map import draw_map
from coordinator.memory.views import FleetMoment, ShapeShare
from coordinator.report.model import TenantStatus

NOON = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


def squares(path: str) -> list[tuple[int, int]]:
    """Every square that a path covers."""
    found = []
    for x, y, width, height in re.findall(r"M(\d+) (\d+)h(\d+)v(\d+)h-\d+z", path):
        found += [(int(x) + i, int(y) + j) for i in range(int(width)) for j in range(int(height))]
    return found


@given(st.lists(st.integers(min_value=1, max_value=400), max_size=12))
def test_every_tenant_has_a_square_of_its_own_within_the_map(counts):
    shares = [ShapeShare(shape=str(place), status=TenantStatus.DRIFTED, tenants=n) for place, n in enumerate(counts)]
    drawn = draw_map(shares)
    covered = [squares(run.path) for run in drawn.runs]
    assert [len(each) for each in covered] == counts
    flat = [square for each in covered for square in each]
    assert len(set(flat)) == len(flat)
    assert all(x < drawn.columns and y < drawn.rows for x, y in flat)


def test_the_map_of_a_hundred_thousand_tenants_has_at_most_three_rectangles_a_run():
    shares = [ShapeShare(shape=str(n), status=TenantStatus.IN_SYNC, tenants=33_337 + n) for n in range(3)]
    assert all(run.path.count("M") <= 3 for run in draw_map(shares).runs)


def moment(hours: int, **tenants: int) -> FleetMoment:
    return FleetMoment(
        at=NOON + hours * HOUR, tenants=tuple((TenantStatus(name), count) for name, count in tenants.items())
    )


def test_the_course_is_stacked_in_steps_and_to_scale():
    course = [moment(0, in_sync=9, drifted=1), moment(1, in_sync=6, drifted=1, pending=3)]
    chart = draw_course(course, NOON, NOON + 4 * HOUR)
    assert (chart.highest, chart.begin) == (4, NOON)
    drifted, pending = chart.bands
    assert (drifted.status, pending.status) == (TenantStatus.DRIFTED, TenantStatus.PENDING)
    low = HEIGHT * 3 // 4
    assert drifted.path == (
        f"M0 {low}L250 {low}L250 {low}L{WIDTH} {low}L{WIDTH} {HEIGHT}L250 {HEIGHT}L250 {HEIGHT}L0 {HEIGHT}z"
    )
    assert pending.path.startswith(f"M0 {low}L250 {low}L250 0L{WIDTH} 0L")


@pytest.mark.parametrize("course", [[], [moment(0, in_sync=3)]])
def test_a_fleet_that_was_always_in_sync_and_one_that_was_never_read_have_no_chart(course):
    assert draw_course(course, NOON, NOON + HOUR) is None
