"""When scheduled scans are due, by a clock that the test turns."""

from __future__ import annotations

import datetime as dt
import math

import msgspec
import pytest

from coordinator.daemon.alarms import CronAlarm, CronSchedule, IntervalAlarm
from coordinator.settings.schedule import ScheduleTable


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def times(cron: str, begin: str, count: int, *, timezone: str = "Europe/Berlin", jitter: float = 0) -> list[str]:
    """The first times of a schedule after a moment in UTC, as they are in UTC."""
    schedule = CronSchedule(ScheduleTable(cron=cron, timezone=timezone, jitter=jitter), "fleet")
    found, moment = [], at(begin)
    for _ in range(count):
        moment = schedule.due_after(moment)
        found.append(moment.strftime("%m-%d %H:%M"))
    return found


class Clock:
    def __init__(self, now: str) -> None:
        self.time = at(now)

    def now(self) -> dt.datetime:
        return self.time


def alarm(clock: Clock, last: str | None, cron: str = "0 * * * *", **table: object) -> CronAlarm:
    schedule = CronSchedule(msgspec.convert({"cron": cron, **table}, ScheduleTable), "fleet")
    return CronAlarm(schedule, at(last) if last else None, clock.now)


def test_a_time_is_meant_in_its_zone() -> None:
    assert times("30 2 * * *", "2026-01-01", 2) == ["01-01 01:30", "01-02 01:30"]
    assert times("30 2 * * *", "2026-07-01", 2) == ["07-01 00:30", "07-02 00:30"]
    assert times("0 9 * * 1-5", "2026-03-06T10:00", 2, timezone="UTC") == ["03-09 09:00", "03-10 09:00"]


def test_a_time_in_the_hour_that_is_skipped_in_spring_runs_once_right_after_it() -> None:
    # on 29 March 02:00 becomes 03:00, which is 01:00 UTC
    assert times("30 2 * * *", "2026-03-28", 3) == ["03-28 01:30", "03-29 01:00", "03-30 00:30"]


def test_a_time_in_the_hour_that_comes_twice_in_autumn_runs_once() -> None:
    # on 25 October 03:00 becomes 02:00: 02:30 is at 00:30 and at 01:30 UTC
    assert times("30 2 * * *", "2026-10-24", 3) == ["10-24 00:30", "10-25 00:30", "10-26 01:30"]


def test_what_runs_every_half_hour_does_so_whatever_the_clock_on_the_wall_does() -> None:
    assert times("*/30 * * * *", "2026-10-25T00:20", 4) == ["10-25 00:30", "10-25 01:00", "10-25 01:30", "10-25 02:00"]
    assert times("*/30 * * * *", "2026-03-29T00:20", 4) == ["03-29 00:30", "03-29 01:00", "03-29 01:30", "03-29 02:00"]


def test_a_whole_year_has_a_run_each_day() -> None:
    for zone in ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"):
        assert len(set(times("30 2 * * *", "2026-01-01T12:00", 365, timezone=zone))) == 365


def test_a_schedule_that_never_ran_waits_for_its_first_time() -> None:
    clock = Clock("2026-03-01T10:20")
    assert alarm(clock, None).seconds_left() == 40 * 60


def test_of_the_times_that_were_missed_one_is_made_up_for() -> None:
    clock = Clock("2026-03-01T10:20")
    late = alarm(clock, "2026-02-27T10:00")
    assert late.seconds_left() <= 0
    late.was_answered()
    assert late.seconds_left() == 40 * 60


def test_nothing_is_made_up_for_that_was_not_missed() -> None:
    assert alarm(Clock("2026-03-01T10:20"), "2026-03-01T10:00").seconds_left() == 40 * 60


def test_a_scan_that_takes_longer_than_a_period_is_followed_by_one_and_no_more() -> None:
    clock = Clock("2026-03-01T09:59")
    long = alarm(clock, None)
    clock.time = at("2026-03-01T10:00")
    assert long.seconds_left() == 0
    long.was_answered()
    clock.time = at("2026-03-01T13:30")
    assert long.seconds_left() <= 0
    long.was_answered()
    assert long.seconds_left() == 30 * 60


def test_the_jitter_is_the_same_each_time_it_is_asked_and_another_each_day_and_fleet() -> None:
    first = times("0 2 * * *", "2026-01-01", 50, jitter=3600)
    assert first == times("0 2 * * *", "2026-01-01", 50, jitter=3600)
    minutes = {int(each[-2:]) for each in first}
    assert len(minutes) > 20
    assert {each[6:8] for each in first} == {"01"}
    table = ScheduleTable(cron="0 2 * * *", jitter=3600)
    assert CronSchedule(table, "a").due_after(at("2026-01-01")) != CronSchedule(table, "b").due_after(at("2026-01-01"))


def test_an_interval_is_due_at_once_and_then_after_it() -> None:
    now = [100.0]
    interval = IntervalAlarm(60, lambda: now[0])
    assert interval.seconds_left() == 0
    interval.was_answered()
    now[0] = 130
    assert interval.seconds_left() == 30
    assert IntervalAlarm(0, lambda: now[0]).seconds_left() == math.inf


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"cron": "61 * * * *"}, "expected a cron expression such as '30 2 * * *', found '61 * * * *'"),
        ({"cron": "often"}, "expected a cron expression such as '30 2 * * *', found 'often'"),
        ({"cron": "0 0 30 2 *"}, "expected a cron expression such as '30 2 * * *', found '0 0 30 2 *'"),
        ({"timezone": "Mars/Base"}, "expected a time zone such as Europe/Berlin, found 'Mars/Base'"),
        ({"timezone": "../../etc/passwd"}, "expected a time zone such as Europe/Berlin, found '../../etc/passwd'"),
    ],
)
def test_what_is_no_time_is_refused_when_it_is_read(table: dict[str, str], said: str) -> None:
    with pytest.raises(msgspec.ValidationError) as refused:
        msgspec.convert(table, ScheduleTable)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("cron", "hours"),
    [("0 * * * *", 1), ("30 2 * * *", 25), ("0 9 * * 1-5", 73), ("0 3 1 * *", 31 * 24)],
)
def test_the_longest_gap_of_a_schedule_is_that_of_its_weekend_its_month_or_the_end_of_summer(cron, hours) -> None:
    schedule = CronSchedule(ScheduleTable(cron=cron, timezone="Europe/Berlin"), "fleet")
    gap = schedule.longest_gap(at("2026-09-01"))
    assert gap / 3600 == pytest.approx(hours, abs=1)
