"""The life of a change in one tenant: first seen, gone, back again."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from coordinator.memory.lives import lives
from coordinator.memory.model import ChangeLife, Standing, Stay
from coordinator.report.model import TenantResult, TenantStatus

BEGAN = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)


def at(day: int) -> dt.datetime:
    return BEGAN + dt.timedelta(days=day)


def stays(*stood: str) -> list[Stay]:
    """One stay a day: `ab` has the changes a and b, `-` none, `?` could not be read."""
    rows = []
    for day, had in enumerate(stood):
        status = TenantStatus.UNREACHABLE if had == "?" else TenantStatus.DRIFTED
        standing = Standing(result=TenantResult(tenant="", status=status), changes=tuple(sorted(set(had) - set("-?"))))
        until = at(day + 1) if day + 1 < len(stood) else None
        rows.append(Stay(standing=standing, since=at(day), until=until))
    return rows


def test_a_change_lives_from_the_stay_that_has_it_to_the_one_that_lacks_it():
    assert lives(stays("-", "a", "ab", "b")) == (
        ChangeLife(change="a", first_seen=at(1), resolved=at(3)),
        ChangeLife(change="b", first_seen=at(2), resolved=None),
    )


def test_a_change_that_comes_back_keeps_its_first_date_and_counts():
    assert lives(stays("a", "-", "a", "-", "a")) == (
        ChangeLife(change="a", first_seen=at(0), resolved=None, flaps=2),
    )  # fmt: skip


def test_not_being_readable_neither_ends_a_change_nor_begins_one():
    assert lives(stays("a", "?", "a", "?", "-")) == (ChangeLife(change="a", first_seen=at(0), resolved=at(4)),)


@given(st.lists(st.sampled_from(["-", "a", "b", "ab", "?"]), max_size=12))
def test_what_is_open_at_the_end_is_what_the_last_readable_stay_has(stood):
    readable = [had for had in stood if had != "?"]
    expected = set(readable[-1]) - {"-"} if readable else set()
    found = lives(stays(*stood))
    assert {life.change for life in found if life.resolved is None} == expected
    assert {life.change for life in found} == set("".join(readable)) - {"-"}
