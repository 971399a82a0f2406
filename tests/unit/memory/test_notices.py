"""What is worth telling when a scan is over, decided from what became of changes."""

from __future__ import annotations

import datetime as dt

import msgspec
import pytest

from coordinator.memory.model import ChangeSubject, FleetChange
from coordinator.memory.notices import NoticeRules, events_of, notice, sample_notice, suspicion
from coordinator.memory.transitions import FleetCounts, Transition
from coordinator.settings.notify import NoticeKind
from shared.findings.finding import Severity

WHEN = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
RULES = NoticeRules(sinks=("team",), spread=0.1, suspicious=0.2)
FLEET = FleetCounts(tenants=100)


def change(subject: ChangeSubject = ChangeSubject.SCHEMA, severity: Severity = Severity.WARNING) -> FleetChange:
    return FleetChange(
        id="c", subject=subject, kind="missing", object_kind="index", object="index public.i", severity=severity
    )


def became(*, before: int, tenants: int, is_new: bool = False, was_open: bool = True) -> Transition:
    return Transition(change="c", is_new=is_new, was_open=was_open, is_open=tenants > 0, before=before, tenants=tenants)


def told(transition: Transition, what: FleetChange | None = None) -> list[tuple[NoticeKind, str]]:
    events = events_of([transition], {"c": what or change()}, FLEET, FLEET, RULES)
    return [(event.kind, event.sentence) for event in events]


@pytest.mark.parametrize(
    ("transition", "expected"),
    [
        (became(before=0, tenants=3, is_new=True), (NoticeKind.NEW, "missing index public.i: 3 tenants")),
        (
            became(before=0, tenants=1, was_open=False),
            (NoticeKind.BACK, "missing index public.i: it is back, in 1 tenant"),
        ),
        (became(before=3, tenants=0), (NoticeKind.RESOLVED, "missing index public.i: no tenant has it any more")),
        (became(before=10, tenants=11), (NoticeKind.SPREADING, "missing index public.i: from 10 to 11 tenants")),
    ],
)
def test_what_has_become_different_is_told(transition, expected):
    assert told(transition) == [expected]


@pytest.mark.parametrize(
    "transition", [became(before=3, tenants=10), became(before=11, tenants=60), became(before=9, tenants=4)]
)
def test_a_change_that_grows_below_the_share_or_beyond_it_or_shrinks_is_not_told_again(transition):
    assert told(transition) == []


def test_what_is_told_of_a_finding_is_one_sentence_and_not_a_full_stop_in_its_middle():
    found = msgspec.structs.replace(change(), message="index public.i is missing: queries read the whole table.")
    [(_, sentence)] = told(became(before=3, tenants=0), found)
    assert sentence == "index public.i is missing: queries read the whole table: no tenant has it any more"


def test_a_query_that_breaks_is_told_as_broken():
    [(kind, _)] = told(became(before=0, tenants=1, is_new=True), change(ChangeSubject.CONTRACT))
    assert kind is NoticeKind.BROKEN


def test_the_worst_is_told_first_and_tenants_that_cannot_be_read_are_told_when_they_become_more():
    changes = {"c": change(severity=Severity.INFO)}
    new = became(before=0, tenants=1, is_new=True)
    events = events_of([new], changes, FleetCounts(tenants=100, unread=1), FleetCounts(tenants=100, unread=3), RULES)
    assert [event.kind for event in events] == [NoticeKind.UNREACHABLE, NoticeKind.NEW]
    assert events[0].sentence == "2 tenants could be read before and cannot be read now; 3 in all"
    fewer = events_of([], changes, FleetCounts(tenants=100, unread=3), FleetCounts(tenants=100, unread=1), RULES)
    assert fewer == ()


def test_tenants_whose_server_is_in_maintenance_are_told_to_nobody():
    before, closed = FleetCounts(tenants=9, unread=1), FleetCounts(tenants=9, unread=5, in_maintenance=4)
    assert events_of([], {}, before, closed, RULES) == events_of([], {}, closed, before, RULES) == ()
    [down] = events_of([], {}, closed, FleetCounts(tenants=9, unread=5), RULES)
    assert down.sentence == "4 tenants could be read before and cannot be read now; 5 in all"


def test_a_notice_says_how_many_tenants_the_last_try_did_not_read():
    after = FleetCounts(tenants=100, drifted=2, unread=30)
    assert (notice("s", "shop", WHEN, after, ()).drifted, notice("s", "shop", WHEN, after, ()).unread) == (2, 30)


@pytest.mark.parametrize(
    ("before", "after", "tenants", "is_suspicious"),
    [
        (0, 20, 100, False),
        (0, 21, 100, True),
        (90, 95, 100, False),
        (0, 2, 3, False),
        (0, 3, 3, True),
        (40, 0, 100, False),
    ],
)
def test_more_drift_at_once_than_is_likely_is_suspicious(before, after, tenants, is_suspicious):
    counts = FleetCounts(tenants=tenants, drifted=before), FleetCounts(tenants=tenants, drifted=after)
    assert bool(suspicion(*counts, RULES, declared_anew=False)) is is_suspicious


def test_a_suspicion_says_whether_the_declaration_has_changed():
    said = suspicion(FleetCounts(tenants=10), FleetCounts(tenants=10, drifted=10), RULES, declared_anew=True)
    assert said == (
        "10 of 10 tenants have drifted since the scan before, and what is declared has changed since: "
        "more than 20% of the fleet"
    )


def test_a_notice_tells_fifty_events_and_counts_the_rest():
    [event] = events_of([became(before=0, tenants=1, is_new=True)], {"c": change()}, FLEET, FLEET, RULES)
    long = notice("s", "shop", WHEN, FLEET, [event] * 53)
    assert (long.id, len(long.events), long.more) == ("s:scan", 50, 3)
    assert sample_notice("shop", "s", WHEN).events[0].sentence == "this is a test: nothing has become different"
