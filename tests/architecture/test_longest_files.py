"""The list of the longest files of tests names files that there are."""

from __future__ import annotations

from pathlib import Path

from tests.longest_files import LONGEST_FILES, rank

ROOT = Path(__file__).parents[2]


def test_every_file_of_the_list_is_there_once():
    assert [path for path in LONGEST_FILES if not (ROOT / path).is_file()] == []
    assert len(set(LONGEST_FILES)) == len(LONGEST_FILES)


def test_a_file_of_the_list_begins_before_those_that_are_not_on_it():
    named = [rank(f"{path}::test_something[of it]") for path in LONGEST_FILES]
    assert named == sorted(named)
    assert named[-1] < rank("tests/properties/test_diff_laws.py::test_something")
