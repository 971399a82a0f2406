"""The examples for GitHub and GitLab: every command of theirs is run as those run it, on a fleet that has drifted.

What belongs to the hosts themselves is looked at and not run: `uses:`, `gh`, and installing a published release.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.integration.deploy.conftest import ROOT

CI = ROOT / "deploy/ci"
ACTION = yaml.safe_load((CI / "github/action.yml").read_text())
WORKFLOW = yaml.safe_load((CI / "github/workflow.example.yml").read_text())
GITLAB = yaml.safe_load((CI / "gitlab/gitlab-ci.example.yml").read_text())["fleetdrift"]
BASH = ("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c")
"""How a runner of GitHub starts a step whose shell is bash; a runner of GitLab sets the same options."""

OUT_OF_REACH = {"Install", "Comment", "Report of main"}
"""Steps that need a published release or GitHub itself."""


def environment(**more: str) -> dict[str, str]:
    return {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", **more}


def run_action(folder: Path, **given: str) -> tuple[int, dict[str, str], str]:
    """Run the steps of the action, each with its own environment; give the last code, the outputs and the summary."""
    inputs = {name: str(each.get("default", "")) for name, each in ACTION["inputs"].items()} | given
    written, summary = folder / "github-output", folder / "github-summary"
    for file in (written, summary):
        file.write_text("")
    code = 0
    for step in ACTION["runs"]["steps"]:
        if "run" not in step or step["name"] in OUT_OF_REACH:
            continue
        outputs = dict(line.split("=", 1) for line in written.read_text().splitlines())
        own = {name: filled(value, inputs, outputs) for name, value in step["env"].items()}
        done = subprocess.run(
            [*BASH, step["run"]], cwd=folder, check=False, capture_output=True, text=True, timeout=240,
            env=environment(GITHUB_OUTPUT=str(written), GITHUB_STEP_SUMMARY=str(summary), **own),
        )  # fmt: skip
        code = done.returncode
        assert code == 0 or step["name"] == "Verdict", done.stderr
    return code, dict(line.split("=", 1) for line in written.read_text().splitlines()), summary.read_text()


def filled(text: str, inputs: Mapping[str, str], outputs: Mapping[str, str]) -> str:
    def value(match: re.Match[str]) -> str:
        kind, name = match[1].rsplit(".", 1)
        return {"inputs": inputs, "steps.check.outputs": outputs}[kind][name]

    return re.sub(r"\$\{\{ ([\w.-]+) \}\}", value, text)


def test_the_action_reports_in_every_form_and_ends_as_check_does(fleet_folder):
    code, outputs, summary = run_action(fleet_folder)
    assert (code, outputs) == (2, {"exit-code": "2", "report": "fleetdrift-report/report.json"})
    assert summary == (fleet_folder / "fleetdrift-report/report.md").read_text() != ""
    assert {path.name for path in (fleet_folder / "fleetdrift-report").iterdir()} == {
        "report.json", "report.html", "report.sarif", "report.junit.xml", "report.md",
    }  # fmt: skip


def test_the_action_fails_only_on_what_an_earlier_report_does_not_have(fleet_folder):
    run_action(fleet_folder, **{"output-directory": "before"})
    code, outputs, _ = run_action(fleet_folder, since="before/report.json")
    assert (code, outputs["exit-code"]) == (0, "0")


def test_the_action_hands_further_options_on(fleet_folder):
    code, _, _ = run_action(fleet_folder, arguments="--gate --tenants tenant-003")
    assert code == 0


def test_an_error_of_check_is_the_code_of_the_action(fleet_folder):
    code, outputs, summary = run_action(fleet_folder, config="nowhere.toml")
    assert (code, outputs["exit-code"], summary) == (64, "64", "")


def test_inputs_reach_scripts_through_the_environment_alone():
    steps = [*ACTION["runs"]["steps"], *WORKFLOW["jobs"]["check"]["steps"]]
    assert [step["name"] for step in steps if "${{" in step.get("run", "")] == []


def test_what_the_workflow_gives_the_action_are_inputs_of_it():
    [step] = [step for step in WORKFLOW["jobs"]["check"]["steps"] if "deploy/ci/github" in step.get("uses", "")]
    assert set(step["with"]) <= set(ACTION["inputs"])


def test_foreign_actions_are_pinned_by_their_commit_and_name_the_release():
    for file in ("action.yml", "workflow.example.yml"):
        used = re.findall(r"uses: (.+)", (CI / "github" / file).read_text().partition("runs:")[2] or "")
        used += re.findall(r"^ +- uses: (.+)", (CI / "github" / file).read_text(), re.MULTILINE)
        for action in used:
            assert re.fullmatch(r"[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", action) or action.startswith("OWNER/"), action


class GitLab(BaseHTTPRequestHandler):
    """The two requests that the job makes: the earlier report, and the comment."""

    report = b""
    comments: list[tuple[str, str, dict[str, Any]]]

    def do_GET(self) -> None:
        self.send_response(200 if self.headers["JOB-TOKEN"] == "job" else 401)
        self.end_headers()
        self.wfile.write(self.report)

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.comments.append((self.path, self.headers["PRIVATE-TOKEN"], body))
        self.send_response(201)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def gitlab() -> Iterator[tuple[type[GitLab], str]]:
    handler = type("OneGitLab", (GitLab,), {"comments": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield handler, f"http://127.0.0.1:{server.server_port}/api/v4"
    server.shutdown()
    thread.join()
    server.server_close()


def run_job(folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    variables = {name: str(value) for name, value in GITLAB["variables"].items()}
    return subprocess.run(
        [*BASH, "\n".join(GITLAB["script"])], cwd=folder, capture_output=True, text=True, check=False, timeout=240,
        env=environment(**variables, **more),
    )  # fmt: skip


def test_the_job_fails_on_drift_and_on_a_merge_request_only_on_what_is_new_there(fleet_folder, gitlab):
    handler, url = gitlab
    first = run_job(fleet_folder)
    assert first.returncode == 2, first.stderr
    handler.report = (fleet_folder / "fleetdrift-report/report.json").read_bytes()
    merge = run_job(
        fleet_folder, CI_MERGE_REQUEST_IID="7", CI_API_V4_URL=url, CI_PROJECT_ID="3", CI_DEFAULT_BRANCH="main",
        CI_JOB_TOKEN="job", FLEETDRIFT_COMMENT_TOKEN="comment",
    )  # fmt: skip
    assert merge.returncode == 0, merge.stderr
    assert "Since that report: 0 new, 0 gone" in merge.stdout
    [(path, token, body)] = handler.comments
    assert (path, token) == ("/api/v4/projects/3/merge_requests/7/notes", "comment")
    assert body["body"] == (fleet_folder / "fleetdrift-report/report.md").read_text()


def test_what_the_job_keeps_is_what_it_wrote(fleet_folder):
    run_job(fleet_folder)
    kept = [*GITLAB["artifacts"]["paths"], GITLAB["artifacts"]["reports"]["junit"]]
    assert all((fleet_folder / path.replace("$FLEETDRIFT_OUT", "fleetdrift-report")).exists() for path in kept)
