"""`fleetdrift demo`: what a new user sees, and that it leaves nothing behind."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

FLEETDRIFT = Path(sys.executable).with_name("fleetdrift")
STEPS = [
    "Parse IaC Definition",
    "Introspect Live Schema",
    "Compute Deterministic Diff",
    "Validate Rust Service Contracts",
    "Generate Remediation",
]


class Marked:
    """A demo whose every process can be found again: its environment holds a mark that children inherit."""

    def __init__(self, folder: Path, *arguments: str, cwd: Path | None = None) -> None:
        self.folder = folder
        self.mark = f"FLEETDRIFT_TEST_MARK={uuid.uuid4()}"
        name, _, value = self.mark.partition("=")
        self.output = folder.with_name("output")
        with self.output.open("w") as sink:
            self.process = subprocess.Popen(
                [FLEETDRIFT, "demo", "--directory", folder, *arguments],
                stdout=sink, stderr=subprocess.STDOUT, env={**os.environ, name: value}, start_new_session=True, cwd=cwd,
            )  # fmt: skip

    def alive(self) -> list[str]:
        """Command lines of the processes that still run."""
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                with contextlib.suppress(OSError):
                    if self.mark.encode() in (entry / "environ").read_bytes().split(b"\0"):
                        found.append((entry / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        return [line for line in found if line]

    def wait_for(self, pattern: str, patience: float = 90) -> re.Match[str]:
        until = time.monotonic() + patience
        while time.monotonic() < until:
            match = re.search(pattern, self.output.read_text())
            if match:
                return match
            assert self.process.poll() is None, self.output.read_text()
            time.sleep(0.05)
        raise AssertionError(f"{pattern!r} did not appear in: {self.output.read_text()}")

    def gone(self, patience: float = 120) -> bool:
        until = time.monotonic() + patience
        while self.alive() and time.monotonic() < until:
            time.sleep(0.1)
        return not self.alive()


@pytest.fixture
def demo(tmp_path) -> Iterator[Callable[..., Marked]]:
    started: list[Marked] = []

    def start(*arguments: str, cwd: Path | None = None) -> Marked:
        started.append(Marked(tmp_path / "demo", *arguments, cwd=cwd))
        return started[-1]

    yield start
    for one in started:
        with contextlib.suppress(ProcessLookupError):
            one.process.kill()
        one.process.wait()


@pytest.fixture(scope="module")
def told(tmp_path_factory) -> Marked:
    """A demo of three tenants that has ended."""
    run = Marked(tmp_path_factory.mktemp("told") / "demo")
    assert run.process.wait(timeout=120) == 0, run.output.read_text()
    return run


def test_the_demo_tells_the_story_and_leaves_nothing_running(told):
    assert told.gone()
    report = json.loads((told.folder / "report.json").read_text())
    assert report["drift_summary"] == {
        "missing_indexes": 2,
        "orphaned_constraints": 1,
        "schema_version_mismatches": 1,
        "service_contract_violations": 2,
        "tenant_impact": ["tenant-001", "tenant-002"],
    }
    assert report["remediation_steps"] == 4
    assert [step["action"] for step in report["steps"]] == STEPS
    assert all({"timestamp", "action", "detail", "result"} <= step.keys() for step in report["steps"])
    assert report["steps"][1]["rows_scanned"] > 100
    assert report["status"] == "drift"
    assert str(uuid.UUID(report["execution_id"])) == report["execution_id"]
    assert "<html" in (told.folder / "report.html").read_text()


def test_the_demo_shows_both_ways_out_of_the_orphaned_constraint(told, tmp_path):
    assert 'ALTER TABLE "public"."orders" DROP CONSTRAINT "orders_status_legacy_check"' in told.output.read_text()
    report = json.loads((told.folder / "report.json").read_text())
    (group,) = [group for group in report["report"]["groups"] if group["tenants"] == ["tenant-002"]]
    patch = tmp_path / "keep.patch"
    patch.write_text(group["patches"][0]["diff"])
    subprocess.run(["git", "init", "-q", told.folder], check=True)
    subprocess.run(["git", "-C", told.folder, "apply", patch], check=True)
    assert "orders_status_legacy_check" in (told.folder / "sql" / "002_orders.sql").read_text()


def test_a_demo_started_in_a_folder_of_python_packages_runs_none_of_them(demo, tmp_path):
    planted = tmp_path / "checkout" / "shared"
    planted.mkdir(parents=True)
    (planted / "__init__.py").write_text("raise SystemExit('a package of the folder was imported')")
    run = demo(cwd=planted.parent)
    assert run.process.wait(timeout=180) == 0, run.output.read_text()


def test_a_larger_fleet_has_known_drift(demo):
    run = demo("--tenants", "30")
    assert run.process.wait(timeout=180) == 0, run.output.read_text()
    summary = json.loads((run.folder / "report.json").read_text())["drift_summary"]
    assert (summary["missing_indexes"], summary["orphaned_constraints"]) == (6, 3)
    assert len(summary["tenant_impact"]) == 6


def test_a_folder_that_holds_something_else_is_left_alone(demo, tmp_path):
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "thesis.txt").write_text("mine")
    run = demo()
    assert run.process.wait(timeout=60) == 1
    assert "holds something else; name another folder with --directory" in run.output.read_text()
    assert [path.name for path in (tmp_path / "demo").iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize(
    ("moment", "how"),
    [
        ("started an embedded", signal.SIGINT),
        ("started two Celery workers", signal.SIGINT),
        ("listening on", signal.SIGINT),
        ("listening on", signal.SIGTERM),
    ],
)
def test_ctrl_c_at_any_moment_leaves_no_process_behind(demo, moment, how):
    run = demo("--serve", "--tenants", "3")
    run.wait_for(moment)
    run.process.send_signal(how)
    assert run.process.wait(timeout=60) == 130
    assert run.gone(), run.alive()
    assert "Traceback" not in run.output.read_text()


def test_a_demo_that_is_killed_takes_its_servers_and_workers_along(demo):
    run = demo("--serve", "--tenants", "3")
    run.wait_for("listening on")
    run.process.kill()
    run.process.wait()
    assert run.gone(), run.alive()


def test_serving_shows_metrics_health_and_the_report(demo):
    run = demo("--serve", "--tenants", "3", "--interval", "600")
    base = run.wait_for(r"listening on (http://127\.0\.0\.1:\d+)").group(1)

    def get(path: str) -> str:
        with urllib.request.urlopen(base + path, timeout=20) as answer:
            return answer.read().decode()

    assert json.loads(get("/healthz"))["status"] == "ok"
    assert json.loads(get("/readyz"))["status"] == "ok"
    until = time.monotonic() + 60
    while (
        'fleetdrift_drifted_tenants{fleet="demo",severity="error"} 2.0' not in get("/metrics")
        and time.monotonic() < until
    ):
        time.sleep(0.2)
    page = get("/metrics")
    assert 'fleetdrift_tenants{fleet="demo",status="in_sync"} 1.0' in page
    assert 'fleetdrift_contract_violations{fleet="demo",service="orders"} 2.0' in page
    assert "tenant-001" not in page
    assert json.loads(get("/api/v1/scans/latest/report"))["drift_summary"]["tenant_impact"] == [
        "tenant-001",
        "tenant-002",
    ]


def test_a_served_demo_has_a_month_behind_it(demo):
    run = demo("--serve", "--interval", "86400")
    base = run.wait_for(r"listening on (http://127\.0\.0\.1:\d+)", patience=600).group(1)

    def get(path: str) -> dict[str, Any]:
        with urllib.request.urlopen(f"{base}/api/v1/{path}", timeout=60) as answer:
            return dict(json.loads(answer.read()))

    status = {name: count for name, count in get("status")["tenants"] if count}
    assert status == {"in_sync": 115, "drifted": 47, "pending": 102, "stale": 36}
    now = dt.datetime.now(dt.UTC)
    changes = get("changes?state=open")["changes"]
    ages = {each["change"]["object"]: (now - dt.datetime.fromisoformat(each["first_seen"])).days for each in changes}
    assert ages == {
        "constraint public.order_items.order_items_note_check": 21,
        "index public.orders_customer_created_idx": 12,
        "column public.orders.status": 5,
        "index public.customers_email_lower_idx": 0,
        "orders: src/customers.rs:16": 0,
        "table public.export_for_finance": 0,
    }
    assert [each["change"]["object"] for each in get("changes?state=resolved")["changes"]] == [
        "table public.orders_copy"
    ]
    scans = get("scans")["scans"]
    assert all(each["requested"] < each["finished"] for each in scans if each["finished"])
    assert sum(each["purpose"] == "half-way" for each in scans) == 1


def test_the_last_line_of_the_demo_names_its_pages(told):
    assert told.output.read_text().splitlines()[-1].endswith("`fleetdrift demo --serve`")
