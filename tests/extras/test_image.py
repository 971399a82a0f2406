"""The image's build, step by step, without a Docker engine: every RUN of the builder stage runs here."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.extras.programs import ROOT

pytestmark = pytest.mark.extras

DOCKERFILE = (ROOT / "deploy/Dockerfile").read_text().replace("\\\n", "")
BUILDER = DOCKERFILE.split("\nFROM ")[1]


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Run the builder's COPY and RUN instructions, with its folders under a temporary one."""
    home = tmp_path_factory.mktemp("image")
    (home / "src").mkdir()
    for instruction, rest in re.findall(r"^(COPY|RUN) (.+)$", BUILDER, re.MULTILINE):
        if instruction == "COPY":
            *sources, target = shlex.split(rest)
            for source in sources:
                copy(source, home / "src" / target)
        else:
            command = re.sub(r"(?<![\w.-])/(?=opt/|tmp/)", f"{home}/", rest)
            (home / "tmp").mkdir(exist_ok=True)
            done = subprocess.run(
                ["sh", "-euc", command],
                cwd=home / "src",
                env=python_first(),
                capture_output=True,
                check=False,
                text=True,
            )
            assert done.returncode == 0, done.stderr
    yield home / "opt" / "fleetdrift"
    shutil.rmtree(home)  # 200 MB that nobody looks at again


def python_first():
    """The environment with this Python as the image's `python`; byte code is not what is looked at here."""
    return {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "PIP_NO_COMPILE": "1"}


def copy(source, target):
    place = ROOT / source
    if place.is_dir():
        shutil.copytree(place, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy(place, target)


def test_the_image_s_environment_runs_the_command_line(built):
    done = subprocess.run([built / "bin/fleetdrift", "--version"], capture_output=True, check=False, text=True, cwd="/")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("fleetdrift")


def test_the_installed_wheel_runs_the_demo_without_the_checkout(built, tmp_path):
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    done = subprocess.run(
        [built / "bin/fleetdrift", "demo", "--directory", tmp_path / "fleet"],
        capture_output=True, check=False, text=True, cwd=tmp_path, env=environment, timeout=240,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "3 tenants: 1 in sync, 2 drifted" in done.stdout


def test_the_installed_wheel_has_the_manual_page_and_says_how_to_get_the_tools_for_agents(built, tmp_path):
    assert (built / "share/man/man1/fleetdrift.1").exists()
    done = subprocess.run(
        [built / "bin/fleetdrift", "mcp", "--server", "http://127.0.0.1:9"],
        capture_output=True, check=False, text=True, cwd=tmp_path,
    )  # fmt: skip
    assert (done.returncode, "pip install 'fleetdrift[mcp]'" in done.stderr) == (1, True)


def test_every_file_of_the_packages_is_in_the_image(built):
    [site] = built.glob("lib/python*/site-packages")
    source = built.parents[1] / "src"
    files = [
        path.relative_to(source)
        for name in ("shared", "workers", "coordinator")
        for path in (source / name).rglob("*.*")
        if path.is_file()
    ]
    assert {path.suffix for path in files} >= {".py", ".sql", ".tf", ".rs"}
    assert [path for path in files if not (site / path).exists()] == []


def test_the_image_has_nothing_of_the_developers_and_no_installer(built):
    [site] = built.glob("lib/python*/site-packages")
    assert [name for name in ("pytest", "mypy", "hatchling", "pip", "tests") if (site / name).exists()] == []


def test_what_is_sent_to_the_builder_is_what_it_copies():
    sent = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    copied = {
        word.rstrip("/") for line in re.findall(r"^COPY (.+) \S+$", BUILDER, re.MULTILINE) for word in line.split()
    }
    assert sent == copied


def test_the_image_does_not_run_as_root():
    assert re.findall(r"^USER (.+)$", DOCKERFILE, re.MULTILINE)[-1] == "10001"


def test_both_stages_begin_with_one_base_image_that_is_pinned_by_its_digest():
    bases = set(re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE))
    assert len(bases) == 1
    assert re.fullmatch(r"python:[\w.-]+@sha256:[0-9a-f]{64}", bases.pop())
