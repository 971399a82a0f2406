"""What README and docs/how-to tell people to type is there, and the pages are the ones that the tasks need."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands import shown, unknown_options

ROOT = Path(__file__).parents[3]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs/how-to").glob("*.md"))]


def test_there_is_a_page_for_each_task():
    assert {path.stem for path in PAGES[1:]} == {
        "own-fleet", "ci", "gate-before-migrations", "ignore-rules", "install", "kubernetes", "rollouts", "systemd",
    }  # fmt: skip


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_every_command_of_a_page_is_there_with_its_options(path):
    assert {line: unknown_options(line) for line in shown(path.read_text()) if unknown_options(line)} == {}


def test_commands_are_found_in_blocks_of_code_and_between_backticks():
    page = (
        "`fleetdrift status`\n\n    fleetdrift check # now\n\n"
        "```sh\nx -- fleetdrift doctor > a\nuv tool install fleetdrift\n```\n"
    )
    assert sorted(shown(page)) == ["fleetdrift check", "fleetdrift doctor", "fleetdrift status"]
    assert unknown_options("fleetdrift check --gate --never") == {"--never"}
