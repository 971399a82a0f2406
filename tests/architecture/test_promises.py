"""Each promise of the security and reliability pages names the tests that hold it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = ("security.md", "reliability.md")
FILE = re.compile(r"tests/[\w/]+\.py")
TEST = re.compile(r"::(test_\w+)`")


def promises(page: str) -> list[str]:
    lines = (ROOT / "docs" / page).read_text().splitlines()
    return [line for line in lines if line.startswith("| ") and not line.startswith("| promise")]


@pytest.mark.parametrize("page", PAGES)
def test_every_promise_is_held_by_a_test(page):
    assert promises(page), f"{page} promises nothing"
    assert [line for line in promises(page) if not (FILE.search(line) or TEST.search(line))] == []


@pytest.mark.parametrize("page", PAGES)
def test_every_test_that_holds_a_promise_is_there(page):
    text = (ROOT / "docs" / page).read_text()
    named = sorted(set(FILE.findall(text)))
    assert [file for file in named if not (ROOT / file).is_file()] == []
    code = "".join((ROOT / file).read_text() for file in named)
    assert [test for test in TEST.findall(text) if f"def {test}(" not in code] == []


@pytest.mark.parametrize(("folder", "page"), [("hostile", "security.md"), ("faults", "reliability.md")])
def test_every_attack_and_every_fault_that_is_tested_is_promised(folder, page):
    text = (ROOT / "docs" / page).read_text()
    files = sorted((ROOT / "tests/acceptance" / folder).glob("test_*.py"))
    assert [path.name for path in files if path.name not in text] == []
