"""A real Prometheus with the deployment's rules, and a real Alertmanager with its routes."""

from __future__ import annotations

import contextlib
import json
import signal
import time
import urllib.error
import urllib.parse
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

import yaml

from shared.embedded.process import start_server, stop_server
from tests.extras.programs import EXTRAS, ROOT, fetch, free_port, program, wait_until

_OFTEN = {"scrape_interval": "500ms", "evaluation_interval": "500ms"}


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

    def query_range(self, expression: str, seconds: float = 300) -> list[dict[str, Any]]:
        """Ask as a Grafana panel does: the last minutes, in steps."""
        now = time.time()
        return self.ask("query_range", query=expression, start=now - seconds, end=now, step=1)["result"]

    def labels(self) -> dict[str, str]:
        """Give the labels of the coordinator's target."""
        [target] = self.ask("targets", state="active")["activeTargets"]
        return target["labels"]

    def firing(self) -> set[str]:
        """Name the alerts that fire, without the one that always does."""
        alerts = self.ask("alerts")["alerts"]
        return {each["labels"]["alertname"] for each in alerts if each["state"] == "firing"} - {"FleetdriftWatchdog"}


def as_grafana_asks(expression: str, fleet: str) -> str:
    """Put variables in place: Grafana joins the values of `All` to a regular expression."""
    return expression.replace("$fleet", f"({fleet})").replace("$__rate_interval", "1m")


@contextlib.contextmanager
def running_prometheus(
    target: str, home: Path, *, alertmanager: str = "", at_once: bool = False
) -> Iterator[Prometheus]:
    """Run Prometheus with the deployment's configuration, and short intervals.

    Args:
        target: `HOST:PORT` of the coordinator.
        home: A folder for it.
        alertmanager: `HOST:PORT`; empty for none.
        at_once: Alerts fire, and end, without waiting.
    """
    listen, log = f"127.0.0.1:{free_port()}", home / "prometheus.log"
    argv = [
        program("prometheus"), f"--config.file={_configuration(target, home, alertmanager, at_once)}",
        f"--storage.tsdb.path={home / 'data'}", f"--web.listen-address={listen}",
    ]  # fmt: skip
    process = start_server(argv, log=log, stop_signal=signal.SIGTERM)
    server = Prometheus(f"http://{listen}")
    try:
        wait_until(lambda: server.query("fleetdrift_build_info"), process, log)
        yield server
    finally:
        stop_server(process, signal.SIGTERM)


def _configuration(target: str, home: Path, alertmanager: str, at_once: bool) -> Path:
    folder = ROOT / "deploy" / "prometheus"
    document = yaml.safe_load((folder / "prometheus.yml").read_text())
    document["global"] = _OFTEN
    for name in document["rule_files"]:
        rules = yaml.safe_load((folder / name).read_text())
        for rule in (rule for group in rules["groups"] for rule in group["rules"] if at_once):
            rule.pop("for", None)
            rule.pop("keep_firing_for", None)
        (home / name).write_text(yaml.safe_dump(rules))
    document["scrape_configs"][0]["static_configs"] = [{"targets": [target]}]
    if alertmanager:
        document["alerting"]["alertmanagers"] = [{"static_configs": [{"targets": [alertmanager]}]}]
    else:
        del document["alerting"]
    path = home / "prometheus.yml"
    path.write_text(yaml.safe_dump(document))
    return path


def alertmanager_command() -> list[str | Path]:
    """Begin a command that runs Alertmanager, which wants Debian's templates under /usr/share.

    Only an installation would put them there: it runs in a mount namespace of its own, where what was unpacked lies
    over /usr/share.
    """
    if Path("/usr/share/prometheus/alertmanager/default.tmpl").exists():
        return [program("prometheus-alertmanager")]
    script = 'mount -t overlay overlay -o "lowerdir=$0:/usr/share" /usr/share && exec "$@"'
    unpacked: list[str | Path] = ["unshare", "--map-root-user", "--mount", "sh", "-c", script, EXTRAS / "share"]
    return [*unpacked, program("prometheus-alertmanager")]


@contextlib.contextmanager
def running_alertmanager(home: Path, hook: str) -> Iterator[str]:
    """Run Alertmanager with the deployment's routes, every receiver led to one webhook; give its address."""
    document = yaml.safe_load((ROOT / "deploy/alertmanager/alertmanager.yml").read_text())
    for receiver in document["receivers"]:
        for each in receiver["webhook_configs"]:
            each["url"] = hook
    for route in (document["route"], *document["route"]["routes"]):
        route |= {"group_wait": "1s", "group_interval": "1s"}
    path = home / "alertmanager.yml"
    path.write_text(yaml.safe_dump(document))
    listen, log = f"127.0.0.1:{free_port()}", home / "alertmanager.log"
    argv = [
        *alertmanager_command(), f"--config.file={path}", f"--storage.path={home / 'alerts'}",
        f"--web.listen-address={listen}", "--cluster.listen-address=",
    ]  # fmt: skip
    process = start_server(argv, log=log, stop_signal=signal.SIGTERM)
    try:
        wait_until(lambda: fetch(f"http://{listen}/-/ready"), process, log)
        yield listen
    finally:
        stop_server(process, signal.SIGTERM)
