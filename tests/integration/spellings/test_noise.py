"""What time, tools and extensions make by themselves is no drift; what is odd about it is."""

# ruff: noqa: E501  # SQL reads better on one line

from __future__ import annotations

import pytest

from coordinator.report.model import ScanReport, TenantStatus
from coordinator.report.renderers.text import render_text
from shared.remediation.plan import ProofStatus
from tests.integration.spellings.fleets import Place, scan

DECLARED = """
CREATE TABLE users (id bigint PRIMARY KEY);
CREATE TABLE events (id bigint NOT NULL, at date NOT NULL, who bigint REFERENCES users, kind text DEFAULT 'x' CHECK (kind <> ''), PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE INDEX ON events (kind);
CREATE TABLE notes (id int, event bigint, at date, FOREIGN KEY (event, at) REFERENCES events);
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
CREATE TRIGGER touch AFTER INSERT ON events FOR EACH ROW EXECUTE FUNCTION touch();
CREATE EXTENSION hstore;
"""
MONTHS = """
CREATE TABLE events_{y} PARTITION OF events FOR VALUES FROM ('{y}-01-01') TO ('{y}-12-31') PARTITION BY RANGE (id);
CREATE TABLE events_{y}_low PARTITION OF events_{y} FOR VALUES FROM (MINVALUE) TO (0);
CREATE TABLE events_{y}_high PARTITION OF events_{y} DEFAULT;
"""
CHUNKS = """
CREATE SCHEMA chunks; ALTER EXTENSION hstore ADD SCHEMA chunks;
CREATE TABLE chunks.chunk_17 (a int PRIMARY KEY, b serial); CREATE INDEX ON chunks.chunk_17 (b);
CREATE TABLE _sqlx_migrations (version bigint PRIMARY KEY, success boolean NOT NULL);
"""
TENANTS = {
    "new": "",
    "one year": MONTHS.format(y=2024),
    "two years": MONTHS.format(y=2024) + MONTHS.format(y=2025),
    "attached": "CREATE TABLE loose (LIKE events INCLUDING ALL); ALTER TABLE events ATTACH PARTITION loose DEFAULT",
    "chunks": CHUNKS,
    "elsewhere": MONTHS.format(y=2024) + "ALTER TABLE users ADD more text; ALTER TABLE notes DROP id",
    "odd": MONTHS.format(y=2024) + "CREATE INDEX by_hand ON events_2024_low (who)",
    "behind": MONTHS.format(y=2024) + "DROP INDEX events_kind_idx",
}


@pytest.fixture(scope="module")
def reports(tenants, memory_server, scratch, tmp_path_factory) -> dict[str, ScanReport]:
    """One scan as it is by default, and one that compares partitions too."""
    places = {
        name: Place("one", tenants.create(DECLARED + script).split("@/")[1].split("?")[0])
        for name, script in TENANTS.items()
    }
    return {
        more: scan(tmp_path_factory.mktemp("noise"), DECLARED, {"one": memory_server}, places, scratch, more=more)
        for more in ("", "[compare]\npartitions = true\n")
    }


def drifted(report: ScanReport) -> dict[str, list[str]]:
    return {
        tenant: [str(change.identity) for change in group.diff.changes if change.identity.kind in ("table", "index")]
        for group in report.body.groups
        for tenant in group.tenants
    }


def test_partitions_that_follow_and_objects_of_extensions_are_no_drift(reports):
    in_sync = [result.tenant for result in reports[""].body.tenants if result.status is TenantStatus.IN_SYNC]
    assert in_sync == sorted(set(TENANTS) - {"elsewhere", "odd", "behind"})


def test_an_odd_partition_is_told_with_what_makes_it_odd(reports):
    told = drifted(reports[""])["odd"]
    assert "index public.by_hand" in told
    assert "table public.events_2024_low" in told
    assert "table public.events_2024_high" not in told


def test_a_plan_neither_drops_nor_forgets_them(reports):
    [group] = [group for group in reports[""].body.groups if group.tenants == ("elsewhere",)]
    assert [str(change.identity) for change in group.diff.changes] == [
        "column public.notes.id",
        "column public.users.more",
    ]
    assert group.plan.proof.status is ProofStatus.PROVEN, group.plan.proof
    assert "events" not in "".join(statement.sql for statement in group.plan.statements)


def test_a_drifted_parent_is_told_with_the_partitions_its_remediation_reaches(reports):
    assert "index public.events_kind_idx" in drifted(reports[""])["behind"]


def test_nothing_is_left_out_silently(reports):
    left_out = {entry.tool: (entry.objects, entry.tenants) for entry in reports[""].body.not_compared}
    assert left_out == {"extensions": (1, 1), "partitions": (6, 5), "sqlx": (1, 1)}
    assert "not compared: objects that sqlx keeps for itself, on 1 tenant" in render_text(reports[""])


def test_partitions_are_compared_by_choice(reports):
    told = drifted(next(report for more, report in reports.items() if more))
    assert "table public.events_2024" in told["one year"]
    assert set(told) == {"one year", "two years", "attached", "elsewhere", "odd", "behind"}
