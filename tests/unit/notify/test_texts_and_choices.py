"""A notice as text, and what of it somebody asks for."""

from __future__ import annotations

import datetime as dt

import msgspec
import pytest
from jinja2 import TemplateError

from coordinator.memory.notices import Notice, NoticeEvent
from coordinator.notify.sender import what_is_wanted
from coordinator.notify.sinks import signature
from coordinator.notify.texts import render_notice, subject_of
from coordinator.settings.notify import NoticeKind, NotifyKind, NotifyTable
from shared.findings.finding import Severity
from shared.hosts import Secret

NEW = NoticeEvent(
    kind=NoticeKind.NEW, sentence="an index\x1b[31m is missing", severity=Severity.WARNING, change="c", tenants=3
)
FAILED = NoticeEvent(kind=NoticeKind.SCAN_FAILED, sentence="scan s failed")
NOTICE = Notice(
    id="s:scan", fleet="shop", scan="s", at=dt.datetime(2026, 3, 1, tzinfo=dt.UTC), tenants=60, drifted=3,
    events=(FAILED, NEW), more=2,
)  # fmt: skip


def table(**given) -> NotifyTable:
    return NotifyTable(name="team", kind=NotifyKind.SLACK, **given)


def test_the_text_lists_events_and_shows_what_does_not_print():
    assert render_notice(NOTICE) == (
        "shop: 3 of 60 tenants drifted\n\n"
        "- scan_failed: scan s failed\n"
        "- new (warning): an index\\x1b[31m is missing\n\n"
        "and 2 more\n\n"
        "scan s: fleetdrift changes --new\n"
    )


def test_tenants_that_could_not_be_read_are_told_beside_those_that_drifted():
    partly = msgspec.structs.replace(NOTICE, drifted=0, unread=50)
    assert render_notice(partly).splitlines()[0] == "shop: 0 of 60 tenants drifted, 50 could not be read"


def test_the_subject_is_one_line():
    assert subject_of(NOTICE) == "[fleetdrift] shop: scan s failed and 3 more"


@pytest.mark.parametrize("template", ["{{ notice.flet }}", "{% for %}", "{{ notice.__class__.__mro__ }}"])
def test_a_template_that_cannot_be_used_is_an_error_and_reaches_no_code(template):
    with pytest.raises(TemplateError):
        render_notice(NOTICE, template)


@pytest.mark.parametrize(
    ("given", "left"),
    [
        ({}, (FAILED, NEW)),
        ({"on": (NoticeKind.NEW,)}, (NEW,)),
        ({"severity": Severity.ERROR}, (FAILED,)),
        ({"severity": Severity.WARNING}, (FAILED, NEW)),
    ],
)
def test_somebody_is_told_what_is_asked_for(given, left):
    assert what_is_wanted(NOTICE, table(**given)).events == left


def test_nobody_is_sent_an_empty_notice():
    assert what_is_wanted(NOTICE, table(on=(NoticeKind.RESOLVED,))) is None


def test_the_signature_covers_time_and_body():
    key = Secret("k" * 32)
    signed = {signature(key, time, body) for time in ("1", "2") for body in (b"a", b"b")}
    assert len(signed) == 4
