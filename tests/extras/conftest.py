"""What `deploy/install-extras.sh` brings, and a real Prometheus that scrapes a real coordinator."""

from __future__ import annotations

import re
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.embedded.process import start_server, stop_server
from tests.extras.monitoring import Prometheus, running_prometheus
from tests.extras.programs import fetch, wait_until


@pytest.fixture(scope="session")
def coordinator(tmp_path_factory) -> Iterator[str]:
    """The address of a serving demo: servers, workers and a fleet of its own, scanned every second."""
    home = tmp_path_factory.mktemp("demo")
    log = home / "log"
    argv = [
        Path(sys.executable).parent / "fleetdrift", "demo", "--serve", "--tenants", 3,
        "--directory", home / "fleet", "--interval", 1,
    ]  # fmt: skip
    process = start_server(argv, log=log, stop_signal=signal.SIGTERM)
    try:
        url = wait_until(lambda: re.search(r"listening on (http://[\d.:]+\d)", log.read_text()), process, log)[1]
        wait_until(lambda: "fleetdrift_last_scan_timestamp_seconds{" in fetch(f"{url}/metrics"), process, log)
        yield url
    finally:
        stop_server(process, signal.SIGTERM)


@pytest.fixture(scope="session")
def prometheus(coordinator, tmp_path_factory) -> Iterator[Prometheus]:
    """A real Prometheus with the deployment's rules, which has seen a scan end."""
    home = tmp_path_factory.mktemp("prometheus")
    with running_prometheus(coordinator.removeprefix("http://"), home) as server:
        # An increase() needs two samples with a scan between them.
        a_scan_ended = "increase(fleetdrift_scan_duration_seconds_count[5m]) > 0"
        wait_until(lambda: server.query(a_scan_ended), None, home / "prometheus.log")
        yield server
