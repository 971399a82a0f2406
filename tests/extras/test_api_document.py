"""The HTTP API keeps its own document: requests made from it, those it allows and those it forbids, find no fault."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.embedded.process import start_server, stop_server
from tests.extras.programs import wait_until

pytestmark = pytest.mark.extras

COMMANDS = Path(sys.executable).parent
REQUESTS_A_SECOND = 18  # of one client; the coordinator's own bound is 20
EXAMPLES_A_ROUTE = 8
SECONDS_FOR_ALL = 400


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Give the address of a serving demo that was scanned, and a token that may do everything."""
    home = tmp_path_factory.mktemp("api")
    log, folder = home / "log", home / "fleet"
    argv = [COMMANDS / "fleetdrift", "demo", "--serve", "--tenants", 3, "--directory", folder, "--interval", 86400]
    process = start_server(argv, log=log, stop_signal=signal.SIGTERM)
    try:
        url = wait_until(lambda: re.search(r"listening on (http://[\d.:]+\d)", log.read_text()), process, log)[1]
        create = f"{COMMANDS}/fleetdrift tokens create --name tester --scope admin -c {folder}/fleetdrift.toml"
        made = subprocess.run(create.split(), capture_output=True, text=True, check=True, timeout=60)
        yield url, made.stdout.split()[-1]
    finally:
        stop_server(process, signal.SIGTERM)


SETTINGS = """
# A body that is too large is refused before anybody reads what is in it.
[checks.negative_data_rejection]
expected-statuses = ["400", "401", "403", "404", "405", "409", "413", "429"]
"""


def test_no_request_made_from_the_document_finds_a_fault(served, tmp_path):
    url, token = served
    (tmp_path / "schemathesis.toml").write_text(SETTINGS)
    argv = [
        COMMANDS / "schemathesis", "run", f"{url}/openapi/openapi.json", "--url", url,
        "--header", f"Authorization: Bearer {token}", "--phases", "coverage,fuzzing", "--checks", "all",
        "--seed", 1, "--max-examples", EXAMPLES_A_ROUTE, "--rate-limit", f"{REQUESTS_A_SECOND}/s",
    ]  # fmt: skip
    done = subprocess.run(
        [str(part) for part in argv],
        capture_output=True, text=True, check=False, cwd=tmp_path, timeout=SECONDS_FOR_ALL,
        env={**os.environ, "NO_COLOR": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
