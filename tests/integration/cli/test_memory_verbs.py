"""`status`, `tenants`, `tenant`, `changes`: what the store remembers, told by the commands of the shell."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest

from coordinator.memory.views import FleetStatus, TenantHistory
from coordinator.records.documents import ChangesPage, TenantsPage
from coordinator.report.judged import TenantOutcome
from coordinator.report.model import ScanReport
from coordinator.store.store import Store
from shared.embedded.postgres import EmbeddedPostgres
from shared.formats import CHANGES_PAGE, FLEET_HISTORY, FLEET_STATUS, TENANT_HISTORY, TENANTS_PAGE, decode_json
from shared.hosts import Secret
from shared.targets import Failure, FailureKind
from tests.reports import CREATED_INDEX, EMAIL_INDEX, ORDERS, analysis_of, demo_spec, report_of

FLEETDRIFT = Path(sys.executable).with_name("fleetdrift")
HOSTILE = "=cmd|' /C calc'!A0\x1b[31m"
CONFIG = """
[fleet]
name = "demo"
tenants = [{{ tenant = "a", host = "main", database = "a" }}]

[hosts.main]
address = "127.0.0.1"
user = "nobody"

[spec]
source = "schema.sql"

[store]
dsn = {{ env = "FLEETDRIFT_STORE" }}

[memory]
stale_after = {stale_after}
"""


def report(**tenants: str) -> ScanReport:
    spec = demo_spec()
    indexes = {"lacking": (CREATED_INDEX,), "ok": (EMAIL_INDEX, CREATED_INDEX)}
    analyses = {key: analysis_of(key, spec, (*ORDERS, *present)) for key, present in indexes.items()}
    lost = Failure(FailureKind.REFUSED, "connection refused")
    return report_of(
        spec,
        [
            TenantOutcome(tenant=name, failure=lost)
            if stood == "lost"
            else TenantOutcome(tenant=name, fingerprint=stood)
            for name, stood in tenants.items()
        ],
        analyses,
        expected_version="",
    )


@pytest.fixture(scope="module")
def store_dsn(postgres: EmbeddedPostgres) -> str:
    async def remember() -> None:
        admin = await asyncpg.connect(postgres.dsn())
        await admin.execute("CREATE DATABASE remembered")
        await admin.close()
        async with Store.open(Secret(postgres.dsn("remembered"))) as store:
            await store.record_report("1", report(**{"a": "lacking", "b": "ok", HOSTILE: "ok"}))
            await store.record_report("2", report(**{"a": "lost", "b": "lacking", HOSTILE: "ok"}))

    asyncio.run(remember())
    return postgres.dsn("remembered")


@pytest.fixture
def run(store_dsn: str, tmp_path: Path):
    def run(*arguments: str, stale_after: str = "86400.0") -> str:
        (tmp_path / "fleetdrift.toml").write_text(CONFIG.format(stale_after=stale_after))
        environment = {"FLEETDRIFT_STORE": store_dsn, "PATH": "/usr/bin:/bin"}
        done = subprocess.run(
            [FLEETDRIFT, *arguments],
            capture_output=True,
            text=True,
            check=False,
            cwd=tmp_path,
            env=environment,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def test_status_tells_the_fleet_in_ten_lines(run):
    told = run("status")
    assert len(told.splitlines()) <= 12
    assert "demo: 3 tenants" in told
    assert "1 in sync, 1 drifted, 1 unreachable" in told
    assert "open changes: 1 error" in told
    assert "by the newest scan: 0 new, 0 resolved" in told
    status = decode_json(FLEET_STATUS, run("status", "--output", "json"), FleetStatus)
    assert sum(count for _, count in status.tenants) == 3


def test_history_tells_each_moment_at_which_anything_became_different(run):
    newest, first = run("history").splitlines()[2:]
    assert "1 in sync, 1 drifted, 1 unreachable" in newest
    assert first.split()[-1] == "1"  # one new change
    rows = list(csv.DictReader(io.StringIO(run("history", "--output", "csv"))))
    assert [(row["in_sync"], row["drifted"], row["unreachable"], row["new_changes"]) for row in rows] == [
        ("1", "1", "1", "0"),
        ("2", "1", "0", "1"),
    ]


def test_what_is_known_of_a_tenant_that_was_not_read_for_too_long_is_stale(run):
    assert "3 stale" in run("status", stale_after="0.001")


def test_tenants_are_listed_and_chosen(run):
    page = decode_json(TENANTS_PAGE, run("tenants", "--output", "json"), TenantsPage)
    assert [each.tenant for each in page.tenants] == [HOSTILE, "a", "b"]
    lost = run("tenants", "--status", "unreachable")
    assert lost.splitlines()[2].split()[:3] == ["a", "unreachable", "1"]
    assert len(lost.splitlines()) == 3
    first = decode_json(TENANTS_PAGE, run("tenants", "--limit", "1", "--output", "json"), TenantsPage)
    assert (len(first.tenants), first.after) == (1, HOSTILE)


def test_a_change_names_the_tenants_that_have_it_even_those_that_could_not_be_read(run):
    (view,) = decode_json(CHANGES_PAGE, run("changes", "--output", "json"), ChangesPage).changes
    assert (view.change.object, view.tenants) == (str(EMAIL_INDEX.identity), 2)
    page = decode_json(TENANTS_PAGE, run("tenants", "--change", view.change.id, "--output", "json"), TenantsPage)
    assert [each.tenant for each in page.tenants] == ["a", "b"]


def test_changes_are_chosen_by_age_and_newness(run):
    assert "public.customers_email_lower_idx" in run("changes", "--since", "1h")
    none = "No changes, as far as is known: 1 unreachable.\n"
    assert run("changes", "--since", "2999-01-01") == none
    assert run("changes", "--new") == none  # the newest scan found it in another tenant, not first
    assert run("changes", "--state", "resolved") == none


def test_a_tenant_has_a_timeline_and_its_changes_a_life(run):
    history = decode_json(TENANT_HISTORY, run("tenant", "a", "--output", "json"), TenantHistory)
    assert [stay.result.status for stay in history.stays] == ["unreachable", "drifted"]
    told = run("tenant", "a")
    assert told.splitlines()[0].startswith("a: unreachable since ")
    assert "when it was last read: drifted" in told
    assert "missing index" in told


def test_names_of_tenants_neither_move_the_cursor_nor_run_in_a_spreadsheet(run):
    assert "\x1b" not in run("tenants")
    (row,) = [
        row for row in csv.DictReader(run("tenants", "--output", "csv").splitlines()) if row["status"] == "in_sync"
    ]
    assert row["tenant"] == r"'=cmd|' /C calc'!A0\x1b[31m"


def test_a_tenant_that_nobody_knows_is_a_sentence(run, store_dsn, tmp_path):
    run("status")
    done = subprocess.run(
        [FLEETDRIFT, "tenant", "nobody"], capture_output=True, text=True, check=False, cwd=tmp_path,
        env={"FLEETDRIFT_STORE": store_dsn, "PATH": "/usr/bin:/bin"}, timeout=60,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr == ("Error: no tenant 'nobody' is remembered in this fleet; `fleetdrift tenants` lists them\n")


def test_the_json_of_every_verb_names_its_format(run):
    labels = {
        ("status",): FLEET_STATUS,
        ("history",): FLEET_HISTORY,
        ("tenants",): TENANTS_PAGE,
        ("tenant", "a"): TENANT_HISTORY,
        ("changes",): CHANGES_PAGE,
    }
    for verb, form in labels.items():
        assert json.loads(run(*verb, "--output", "json"))["format"] == form.label


def test_a_report_that_is_made_again_says_since_when(run):
    rows = list(csv.DictReader(io.StringIO(run("report", "--output", "csv"))))
    [wrong] = [row for row in rows if row["object"]]
    assert wrong["object"] == "index public.customers_email_lower_idx"
    [known] = list(csv.DictReader(io.StringIO(run("changes", "--output", "csv"))))
    assert wrong["first_seen"][:16] == known["first_seen"][:16]
