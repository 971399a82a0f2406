"""The overview that all forms have: what is wrong, since when, for whom, and what to do."""

from __future__ import annotations

import datetime as dt
import json

from coordinator.memory.first_seen import ids_of_changes, with_first_seen
from coordinator.memory.remember import remember
from coordinator.report.overview import overview_of
from coordinator.report.renderers.json import render_json
from coordinator.report.renderers.text import Terminal, render_text
from shared.findings.finding import Severity
from tests import reports

SEEN = dt.datetime(2026, 2, 27, 8, 30, tzinfo=dt.UTC)


def test_the_worst_comes_first_and_of_equal_ones_what_most_tenants_have():
    rows = overview_of(reports.partly_read())
    order = list(Severity)
    places = [(order.index(row.severity), -len(row.tenants)) for row in rows]
    assert places == sorted(places)
    assert len({(row.object, row.message) for row in rows}) == len(rows)


def test_each_row_says_what_to_do():
    rows = {row.object: row.to_do for row in overview_of(reports.demo())}
    assert rows["index public.orders_customer_created_idx"] == "1 SQL statement, proven"
    assert rows["constraint public.orders.orders_status_legacy_check"] == "1 SQL statement, proven, destructive"
    assert rows["orders: src/customers.rs:31"] == "the plan of its drift group, or another query"
    assert "run the migrations" in rows.values()


def test_without_a_memory_nothing_is_said_of_since_when():
    report = reports.many_groups()
    assert {row.since for row in overview_of(report)} == {""}
    assert "since" not in render_text(report, Terminal(width=140)).lower()
    assert "first_seen" not in json.loads(render_json(report))


def test_since_when_is_what_the_memory_says_and_unknown_where_it_says_nothing():
    report = reports.many_groups()
    ids = ids_of_changes(report.body)
    assert set(ids) == {change.id for change in remember(report.body).changes}
    dated = with_first_seen(report, dict.fromkeys(ids, SEEN))
    assert {row.since for row in overview_of(dated)} == {"2026-02-27T08:30:00Z"}
    assert "2026-02-27 08:30" in render_text(dated, Terminal(width=140))
    assert json.loads(render_json(dated))["first_seen"][0]["at"] == "2026-02-27T08:30:00Z"
    assert dated.content_hash == report.content_hash
    assert {row.since for row in overview_of(with_first_seen(report, {}))} == {""}
