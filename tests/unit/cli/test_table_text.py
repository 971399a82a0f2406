"""Tables of the command line fit the terminal, whatever its width."""

from __future__ import annotations

import datetime as dt

import pytest
from rich.cells import cell_len

from coordinator.cli.memory_text import short_age, tenants_text
from coordinator.cli.table_text import Column, print_table
from coordinator.memory.views import TenantView
from coordinator.report.model import TenantStatus
from coordinator.report.renderers.text import Terminal, close_console, open_console

NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
COLUMNS = (Column("id"), Column("why", folds=True), Column("by", spare=True), Column("took", spare=True))
ROW = ("0123456789abcdef", "a sentence that is longer than any terminal's line is wide", "ada", "1.5 s")


def printed(width: int) -> str:
    console = open_console(Terminal(width=width))
    print_table(console, COLUMNS, [ROW])
    return close_console(console)


def test_a_sentence_goes_on_in_the_next_line_and_an_id_never_does():
    told = printed(60)
    assert "0123456789abcdef" in told
    assert "1.5 s" in told
    assert all(cell_len(line) <= 60 for line in told.splitlines())


def test_what_has_no_room_is_left_out_from_the_right_and_named():
    told = printed(42)
    assert told.splitlines()[0].split() == ["id", "why", "by"]
    assert told.endswith("left out, the terminal is too narrow: took\n")
    narrow = printed(36)
    assert narrow.splitlines()[0].split() == ["id", "why"]
    assert " ".join(narrow.split()).endswith("left out, the terminal is too narrow: by, took")


@pytest.mark.parametrize("width", [1, 10, 20])
def test_no_cell_is_cut_in_a_terminal_that_is_narrower_than_what_must_be_said(width):
    console = open_console(Terminal(width=width))
    print_table(console, (Column("id"), Column("tenants", figures=True), Column("since")), [("a1b2", "12", "3 d ago")])
    told = close_console(console)
    assert told.splitlines()[0].split() == ["id", "tenants", "since"]
    assert told.splitlines()[2].split() == ["a1b2", "12", "3", "d", "ago"]


@pytest.mark.parametrize("width", [72, 80, 100, 140])
def test_tenants_fit_the_terminal_with_whole_ids_where_they_are_shown(width):
    tenant = TenantView(
        tenant="customer-" * 9,
        status=TenantStatus.NEVER_SCANNED,
        since=NOW - dt.timedelta(days=40),
        last_good=NOW - dt.timedelta(minutes=59),
        group="e072ba88390209bd",
        shape="2474d248" * 8,
        labels={"tier": "gold", "region": "eu-central-1"},
    )
    told = tenants_text([tenant], None, NOW, Terminal(width=width))
    assert all(cell_len(line) <= width for line in told.splitlines())
    assert "40 d ago" in told
    assert ("e072ba88390209bd" in told) == ("drift group" in told.splitlines()[0])
    assert ("tier=gold" in told) == (width == 140)


@pytest.mark.parametrize(
    ("ago", "said"),
    [
        (dt.timedelta(seconds=59), "just now"),
        (dt.timedelta(minutes=1), "1 min ago"),
        (dt.timedelta(hours=23), "23 h ago"),
        (dt.timedelta(days=2), "2 d ago"),
        (-dt.timedelta(hours=1), "just now"),
    ],
)
def test_an_age_in_a_table_is_short(ago, said):
    assert short_age(NOW - ago, NOW) == said
    assert short_age(None, NOW) == "never"
