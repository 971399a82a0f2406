"""What runs before a landing is the same here, in CI and in the contributor's guide."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from tests.servers import NEWEST, OLDER

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


def test_every_action_is_pinned_by_its_commit_and_names_the_release():
    used = re.findall(r"uses: (.+)", (ROOT / ".github/workflows/ci.yml").read_text())
    assert len(used) == sum("uses" in step for job in WORKFLOW["jobs"].values() for step in job["steps"])
    for action in used:
        assert re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", action)


def test_an_action_is_pinned_to_one_commit_wherever_it_is_used():
    pins = set(re.findall(r"uses: (\S+)@(\S+)", (ROOT / ".github/workflows/ci.yml").read_text()))
    assert len({action for action, _ in pins}) == len(pins)


def test_reading_is_tested_on_every_major_that_we_promise():
    job = WORKFLOW["jobs"]["reading"]
    assert job["strategy"]["matrix"]["postgresql"] == [*OLDER, NEWEST]
    assert job["steps"][-1]["run"] == "make test-reading MAJOR=${{ matrix.postgresql }}"
    for major in OLDER:
        assert (ROOT / f"requirements/servers-{major}.lock").exists()


def test_what_ci_runs_includes_the_readme_s_own_test_command():
    assert "\n    make test " in (ROOT / "README.md").read_text()
    assert "make test" in (ROOT / ".ci/run").read_text().splitlines()


def test_every_target_that_ci_or_the_guide_names_is_in_the_makefile():
    makefile = (ROOT / "Makefile").read_text()
    pages = [".ci/run", ".github/workflows/ci.yml", "CONTRIBUTING.md", "README.md"]
    command = re.compile(r"(?:^(?: {4})?|run: |`)make ([a-z-]+)", re.MULTILINE)
    named = {name for page in pages for name in command.findall((ROOT / page).read_text())}
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    assert named - targets == set()


def test_the_commit_hooks_are_those_of_make_check_and_download_nothing():
    [repository] = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
    assert repository["repo"] == "local"
    assert {hook["language"] for hook in repository["hooks"]} == {"system"}
    lint = (ROOT / "Makefile").read_text().split("\nlint:")[1].split("\n\n")[0]
    for hook in repository["hooks"]:
        assert hook["entry"].split()[0].replace(".venv/bin/", "$(BIN)/") in lint


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "SECURITY.md", "docs/deployment.md"])
def test_every_file_a_page_names_exists(page):
    text = (ROOT / page).read_text()
    links = {(ROOT / page).parent / link.split("#")[0] for link in re.findall(r"\]\(([^):]+)\)", text)}
    paths = re.findall(r"`((?:coordinator|workers|shared|tests|deploy|docs|requirements)/[\w./-]+)`", text)
    made = ("deploy/compose/secrets/",)  # what a command of the page writes
    named = links | {ROOT / path for path in paths if not path.startswith(made)}
    assert sorted(str(path) for path in named if not path.exists()) == []


@pytest.mark.parametrize(
    "path", sorted((ROOT / ".github/ISSUE_TEMPLATE").glob("[!c]*.yml")), ids=lambda path: path.stem
)
def test_a_form_for_an_issue_asks_what_is_needed_to_repeat_it(path):
    form = yaml.safe_load(path.read_text())
    assert form.keys() == {"name", "description", "labels", "body"}
    asked = [field for field in form["body"] if field["type"] != "markdown"]
    assert len({field["id"] for field in asked}) == len(asked)
    assert any(field.get("validations", {}).get("required") for field in asked)
    if path.stem != "feature":
        assert "fleetdrift --version" in path.read_text()
