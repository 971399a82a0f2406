"""The wheel: all that runs is in it, and nothing else. The extras run it without the checkout (test_image.py)."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.integration.deploy.conftest import ROOT


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> zipfile.ZipFile:
    home: Path = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run(
        [*build, "--wheel-dir", home, ROOT],
        check=True, env={"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PATH": "/usr/bin:/bin"}, timeout=240,
    )  # fmt: skip
    [file] = home.glob("fleetdrift-*.whl")
    return zipfile.ZipFile(file)


def test_every_file_of_the_packages_is_in_the_wheel_and_no_other(wheel):
    tracked = subprocess.run(
        ["git", "-C", ROOT, "ls-files", "coordinator", "workers", "shared"], capture_output=True, text=True, check=True
    )
    inside = {name for name in wheel.namelist() if not name.startswith("fleetdrift-")}
    assert inside == set(tracked.stdout.split())


def test_the_wheel_has_the_command_the_manual_page_and_the_extra_for_agents(wheel):
    names = {name.partition("/")[2]: name for name in wheel.namelist() if name.startswith("fleetdrift-")}
    assert "fleetdrift = coordinator.cli:main" in wheel.read(names["entry_points.txt"]).decode()
    assert "Provides-Extra: mcp\n" in wheel.read(names["METADATA"]).decode()
    page = next(name for inner, name in names.items() if inner == "data/share/man/man1/fleetdrift.1")
    assert wheel.read(page) == (ROOT / "docs/man/fleetdrift.1").read_bytes()
