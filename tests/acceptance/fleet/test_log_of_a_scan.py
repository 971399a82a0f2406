"""The log of a real scan: its events in order, joined by ids, and no secret and no SQL in any line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from itertools import groupby
from pathlib import Path

import pytest

from coordinator.demo.workers import worker_processes

from .conftest import TENANTS, Fleet

FLEETDRIFT = Path(sys.executable).with_name("fleetdrift")
PASSWORD = "canary-Passw0rd"
LITERAL = "canary-literal"
ENVIRONMENT = {**os.environ, "FLEETDRIFT_TEST_PASSWORD": PASSWORD}


@pytest.fixture
def configuration(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The demo's configuration with a password, for workers that log all there is; one tenant holds a literal."""
    monkeypatch.setenv("FLEETDRIFT_TEST_PASSWORD", PASSWORD)
    monkeypatch.setenv("FLEETDRIFT_LOG_LEVEL", "debug")
    monkeypatch.setenv("FLEETDRIFT_LOG_FORMAT", "json")
    text = fleet.configuration.read_text()
    secret = 'password = { env = "FLEETDRIFT_TEST_PASSWORD" }'
    path = fleet.folder / "with-password.toml"
    path.write_text(text.replace("[hosts.demo]\n", f"[hosts.demo]\n{secret}\n"))
    assert secret in path.read_text()
    return path


@pytest.fixture
def literal(fleet: Fleet):
    fleet.alter("tenant-005", f"ALTER TABLE customers ALTER email SET DEFAULT '{LITERAL}'")
    yield
    fleet.alter("tenant-005", "ALTER TABLE customers ALTER email DROP DEFAULT")


def run(*arguments: str | Path) -> tuple[list[dict[str, object]], str]:
    """Run the command line; give the events on stderr, and all of its output."""
    done = subprocess.run([FLEETDRIFT, *arguments], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode in {0, 2}, done.stderr
    return [json.loads(line) for line in done.stderr.splitlines()], done.stderr


def test_a_scan_through_workers_can_be_followed_from_its_request_to_its_report(fleet, configuration, literal, tmp_path):
    fleet.forget()
    with worker_processes(configuration, tmp_path, 2):
        events, text = run("scan", "--config", configuration, "--output", "json", "--log-level", "info")
    names = [str(event["event"]) for event in events]
    assert names[:4] == ["scan.created", "scan.started", "signs.read", "run.started"]
    rooms = [room for room, _ in groupby(name.partition(".")[0] for name in names)]
    assert rooms == ["scan", "signs", "run", "batch", "run", "analyses", "run", *rooms[7:-2], "run", "scan"]
    assert set(rooms[7:-2]) == {"batch", "analysis"}
    assert names[-1] == "scan.finished"
    assert (events[0]["cause"], events[-1]["tenants"], events[-1]["status"]) == ("command", TENANTS, "drift")
    follow_ids(events)

    work = [event for path in sorted(tmp_path.glob("worker-*.log")) for event in worker_events(path)]
    assert {str(event["event"]) for event in work} >= {"worker.started", "work.begun", "work.ended", "worker.stopping"}
    sent = {(event["run"], event["batch"]) for event in events if event["event"] == "batch.sent"}
    assert {(event["run"], event["batch"]) for event in work if event["event"] == "work.ended"} == sent
    written = text + "".join(path.read_text() for path in tmp_path.glob("worker-*.log"))
    assert PASSWORD not in written
    assert LITERAL not in written


def worker_events(path: Path) -> list[dict[str, object]]:
    """The events of a worker; its stdout, where Celery says goodbye, goes to the same file."""
    lines = [line for line in path.read_text().splitlines() if line]
    assert {line for line in lines if not line.startswith("{")} <= {"worker: Warm shutdown (MainProcess)"}
    return [json.loads(line) for line in lines if line.startswith("{")]


def follow_ids(events: list[dict[str, object]]) -> None:
    """Each batch was sent, started and answered once, in that order, within a run that the scan's id leads to."""
    [asked] = [event for event in events if event["event"] == "analyses.asked"]
    scan = events[0]["scan"]
    assert {event["scan"] for event in events if "scan" in event} == {scan}
    assert {event["run"] for event in events if "run" in event} == {scan, asked["run"]}
    lives: dict[object, list[object]] = {}
    for event in events:
        if str(event["event"]).startswith("batch."):
            lives.setdefault((event["run"], event["batch"]), []).append(event["event"])
    assert Counter(map(tuple, lives.values())) == {("batch.sent", "batch.started", "batch.answered"): len(lives)}
    answered = [event for event in events if event["event"] == "batch.answered" and event["run"] == scan]
    items = sum(int(str(event["items"])) for event in answered)
    assert items == TENANTS
    received = [event for event in events if event["event"] == "analysis.received"]
    assert len(received) == int(str(asked["shapes"])) - int(str(asked["stored"]))


def test_a_check_logs_the_same_scan_without_a_queue(configuration, literal):
    events, text = run("check", "--config", configuration, "--output", "json", "--log-level", "info")
    names = [str(event["event"]) for event in events]
    assert (names[0], names[-1]) == ("scan.started", "scan.finished")
    assert names.index("run.started") < names.index("run.finished") < names.index("analyses.asked")
    assert len({event.get("scan", event.get("run")) for event in events}) == 1
    assert LITERAL not in text
    assert PASSWORD not in text


def test_a_terminal_stays_quiet_unless_something_goes_wrong(configuration, monkeypatch):
    monkeypatch.delenv("FLEETDRIFT_LOG_LEVEL")
    assert run("check", "--config", configuration)[0] == []
