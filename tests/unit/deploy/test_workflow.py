"""What runs before a landing is the same here, in CI and in the contributor's guide."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[3]
WORKFLOW = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text())
STEPS = WORKFLOW["jobs"]["check"]["steps"]


def test_the_workflow_runs_what_every_landing_must_pass():
    script = (ROOT / ".ci/run").read_text().splitlines()
    assert [step["run"] for step in STEPS if "run" in step] == [line for line in script if line.startswith("make ")]


def test_the_workflow_covers_the_oldest_python_we_promise():
    oldest = re.search(r'requires-python = ">=([\d.]+)"', (ROOT / "pyproject.toml").read_text())
    assert oldest is not None
    assert WORKFLOW["jobs"]["check"]["strategy"]["matrix"]["python"][0] == oldest[1]


def test_the_workflow_may_only_read_and_knows_no_secret():
    assert WORKFLOW["permissions"] == {"contents": "read"}
    assert "secrets." not in (ROOT / ".github/workflows/ci.yml").read_text()


def test_every_action_has_a_major_version():
    for step in STEPS:
        assert re.fullmatch(r"actions/[a-z-]+@v\d+", step.get("uses", "actions/none@v0"))


def test_the_commit_hooks_are_those_of_make_check_and_download_nothing():
    [repository] = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
    assert repository["repo"] == "local"
    assert {hook["language"] for hook in repository["hooks"]} == {"system"}
    check = (ROOT / "Makefile").read_text().split("\ncheck:")[1].split("\n\n")[0]
    for hook in repository["hooks"]:
        assert hook["entry"].split()[0].replace(".venv/bin/", "$(BIN)/") in check


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "docs/deployment.md"])
def test_every_file_a_page_names_exists(page):
    text = (ROOT / page).read_text()
    links = {(ROOT / page).parent / link.split("#")[0] for link in re.findall(r"\]\(([^):]+)\)", text)}
    paths = re.findall(r"`((?:coordinator|workers|shared|tests|deploy|docs|requirements)/[\w./-]+)`", text)
    made = ("deploy/compose/secrets/",)  # what a command of the page writes
    named = links | {ROOT / path for path in paths if not path.startswith(made)}
    assert sorted(str(path) for path in named if not path.exists()) == []
