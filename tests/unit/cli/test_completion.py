"""Bash, zsh and fish complete verbs and options, as the page of the commands says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

FLEETDRIFT = Path(sys.executable).with_name("fleetdrift")
PATH = "/usr/local/bin:/usr/bin:/bin"


def asked(**environment: str) -> str:
    done = subprocess.run(
        [FLEETDRIFT], env={"PATH": PATH, **environment}, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    ("shell", "begins"),
    [("bash", "_fleetdrift_completion() {"), ("zsh", "#compdef fleetdrift"), ("fish", "function _fleetdrift")],
)
def test_each_shell_is_given_its_script(shell, begins):
    assert asked(_FLEETDRIFT_COMPLETE=f"{shell}_source").strip().startswith(begins)


@pytest.mark.parametrize(
    ("shell", "words"),
    [
        ("bash", {"COMP_WORDS": "fleetdrift ten", "COMP_CWORD": "1"}),
        ("zsh", {"COMP_WORDS": "fleetdrift ten", "COMP_CWORD": "1"}),
        ("fish", {"COMP_WORDS": "fleetdrift ten", "COMP_CWORD": "ten"}),
    ],
)
def test_verbs_are_completed(shell, words):
    said = asked(_FLEETDRIFT_COMPLETE=f"{shell}_complete", **words)
    assert {"tenant", "tenants"} <= set(said.replace(",", "\n").split())


def test_options_and_their_values_are_completed():
    options = asked(_FLEETDRIFT_COMPLETE="bash_complete", COMP_WORDS="fleetdrift tenants --la", COMP_CWORD="2")
    assert "--label" in options
    values = asked(_FLEETDRIFT_COMPLETE="bash_complete", COMP_WORDS="fleetdrift tenants --status never", COMP_CWORD="3")
    assert "never_scanned" in values
