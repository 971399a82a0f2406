"""The units for systemd: systemd itself reads them, and judges how much of the machine they leave open."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from tests.extras.programs import LIBRARIES, ROOT, run

pytestmark = pytest.mark.extras

UNITS = ROOT / "deploy/systemd"
NAMES = ("fleetdrift.service", "fleetdrift-worker@.service")
MAX_EXPOSURE = 2.0
"""On systemd's scale of 0 (nothing) to 10 (everything)."""


def analyze(*arguments: object) -> str:
    libraries = f"{LIBRARIES}:{LIBRARIES}/systemd" if LIBRARIES else ""
    done = run("systemd-analyze", "--no-pager", *arguments, env={**os.environ, "LD_LIBRARY_PATH": libraries})
    return done.stdout + done.stderr


@pytest.mark.parametrize("name", NAMES)
def test_a_unit_leaves_little_of_the_machine_open(name):
    said = analyze("security", "--offline=true", UNITS / name)
    level = re.search(r"Overall exposure level for \S+: ([\d.]+)", said)
    assert level is not None, said
    assert float(level[1]) < MAX_EXPOSURE


@pytest.mark.parametrize("name", NAMES)
def test_systemd_understands_every_line_of_a_unit(name, tmp_path):
    """With a program where the unit looks for one: without it, systemd says that and nothing else."""
    unit = (UNITS / name).read_text().replace("/opt/fleetdrift/bin/fleetdrift", "/bin/true")
    (tmp_path / name).write_text(unit)
    assert analyze("verify", "--man=no", tmp_path / name) == ""


def test_a_worker_is_given_no_secret_that_it_does_not_use():
    given = {
        name: set(re.findall(r"^LoadCredential=(\w+):", (UNITS / name).read_text(), re.MULTILINE)) for name in NAMES
    }
    assert given["fleetdrift-worker@.service"] == {"scanner_password", "redis_url", "redis_key"}
    assert given["fleetdrift.service"] == given["fleetdrift-worker@.service"] | {"store_dsn", "api_token"}
    page: Path = ROOT / "docs/how-to/systemd.md"
    assert all(name in page.read_text() for name in given["fleetdrift.service"])


def test_both_units_are_confined_alike():
    confined = [
        (UNITS / name).read_text().partition("# Nothing of the machine")[2].partition("[Install]")[0] for name in NAMES
    ]
    assert confined[0] == confined[1] != ""
