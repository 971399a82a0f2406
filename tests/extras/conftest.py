"""What `deploy/install-extras.sh` brings, and a real Prometheus that scrapes a real coordinator."""

from __future__ import annotations

import json
import re
import signal
import sys
import time
import urllib.error
import urllib.parse
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
import yaml

from shared.embedded.process import start_server, stop_server
from tests.extras.programs import ROOT, fetch, free_port, program, wait_until


@pytest.fixture(scope="session")
def coordinator(tmp_path_factory) -> Iterator[str]:
    """The address of a serving demo: servers, workers and a fleet of its own, scanned every second."""
    home = tmp_path_factory.mktemp("demo")
    log = home / "log"
    argv = [
        Path(sys.executable).parent / "fleetdrift", "demo", "--serve", "--directory", home / "fleet", "--interval", 1,
    ]  # fmt: skip
    process = start_server(argv, log=log, stop_signal=signal.SIGTERM)
    try:
        url = wait_until(lambda: re.search(r"listening on (http://[\d.:]+\d)", log.read_text()), process, log)[1]
        wait_until(lambda: "fleetdrift_last_scan_timestamp_seconds{" in fetch(f"{url}/metrics"), process, log)
        yield url
    finally:
        stop_server(process, signal.SIGTERM)


class Prometheus:
    """The HTTP API of a running server."""

    def __init__(self, url: str) -> None:
        self.url = url

    def ask(self, path: str, **parameters: object) -> Any:
        """Give `data` of an answer (https://prometheus.io/docs/prometheus/latest/querying/api/)."""
        try:
            answer = json.loads(fetch(f"{self.url}/api/v1/{path}?{urllib.parse.urlencode(parameters)}"))
        except urllib.error.HTTPError as error:
            if error.code == HTTPStatus.SERVICE_UNAVAILABLE:
                raise  # it has not read its database yet: whoever waits for it asks again
            raise AssertionError(f"{parameters}: {error.read().decode()}") from None
        assert answer["status"] == "success", answer
        return answer["data"]

    def query(self, expression: str) -> list[dict[str, Any]]:
        """Ask for the present."""
        return self.ask("query", query=expression)["result"]

    def query_range(self, expression: str) -> list[dict[str, Any]]:
        """Ask as a Grafana panel does: the last minutes, in steps."""
        now = time.time()
        return self.ask("query_range", query=expression, start=now - 300, end=now, step=1)["result"]

    def labels(self) -> dict[str, str]:
        """Give the labels of the coordinator's target."""
        [target] = self.ask("targets", state="active")["activeTargets"]
        return target["labels"]


def configuration_for(target: str, home: Path) -> Path:
    """Write the deployment's own configuration with this target, a short interval and no Alertmanager."""
    folder = ROOT / "deploy" / "prometheus"
    document = yaml.safe_load((folder / "prometheus.yml").read_text())
    document["global"] = {"scrape_interval": "500ms", "evaluation_interval": "500ms"}
    document["rule_files"] = [str(folder / name) for name in document["rule_files"]]
    document["scrape_configs"][0]["static_configs"] = [{"targets": [target]}]
    del document["alerting"]
    path = home / "prometheus.yml"
    path.write_text(yaml.safe_dump(document))
    return path


@pytest.fixture(scope="session")
def prometheus(coordinator, tmp_path_factory) -> Iterator[Prometheus]:
    """A real Prometheus with the deployment's rules, which has seen a scan end."""
    home = tmp_path_factory.mktemp("prometheus")
    listen, log = f"127.0.0.1:{free_port()}", home / "log"
    argv = [
        program("prometheus"), f"--config.file={configuration_for(coordinator.removeprefix('http://'), home)}",
        f"--storage.tsdb.path={home / 'data'}", f"--web.listen-address={listen}",
    ]  # fmt: skip
    process = start_server(argv, log=log, stop_signal=signal.SIGTERM)
    server = Prometheus(f"http://{listen}")
    # An increase() needs two samples with a scan between them.
    a_scan_ended = "increase(fleetdrift_scan_duration_seconds_count[5m]) > 0"
    try:
        wait_until(lambda: server.query(a_scan_ended), process, log)
        yield server
    finally:
        stop_server(process, signal.SIGTERM)
