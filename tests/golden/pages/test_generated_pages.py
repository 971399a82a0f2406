"""Pages of docs/ that are made from the code: `--update` writes them anew."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from coordinator.daemon.api.app import openapi_document
from tests.golden.pages.metrics import page

HERE = Path(__file__).parent
DOCS = HERE.parents[2] / "docs"
DEPLOY = HERE.parents[2] / "deploy"

CONFIGURATION = """# Configuration

Every setting of `fleetdrift.toml` with an example, from `deploy/fleetdrift.example.toml`. The least that a fleet needs is in
[your own fleet](how-to/own-fleet.md); `fleetdrift doctor` says what of a configuration does not work.

"""

Golden = Callable[[Path, str], None]


def test_the_page_of_the_command_line_is_that_of_the_commands(golden: Golden) -> None:
    made = subprocess.run([sys.executable, HERE / "command_line.py"], capture_output=True, text=True, check=True)
    golden(DOCS / "cli.md", made.stdout)


def test_the_manual_page_is_that_of_the_commands(golden: Golden) -> None:
    made = subprocess.run([sys.executable, HERE / "man_page.py"], capture_output=True, text=True, check=True)
    golden(DOCS / "man" / "fleetdrift.1", made.stdout)


def test_the_document_of_the_api_is_that_of_the_routes(golden: Golden) -> None:
    document = json.loads(openapi_document())
    golden(DOCS / "schemas" / "openapi.json", json.dumps(document, indent=1, ensure_ascii=False, sort_keys=True) + "\n")


def test_the_page_of_the_metrics_is_that_of_their_table(golden: Golden) -> None:
    golden(DOCS / "metrics.md", page())


def test_the_page_of_the_configuration_is_the_example_with_every_setting(golden: Golden) -> None:
    example = (DEPLOY / "fleetdrift.example.toml").read_text()
    golden(DOCS / "configuration.md", f"{CONFIGURATION}```toml\n{example}```\n")


@pytest.mark.parametrize("name", ["alerts.yml", "recording.yml"])
def test_the_rules_in_the_chart_are_those_of_prometheus(golden: Golden, name: str) -> None:
    """Helm reads files of the chart alone, so it has a copy."""
    golden(DEPLOY / "helm/fleetdrift/files" / name, (DEPLOY / "prometheus" / name).read_text())
