"""The rules of the house that no linter knows."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted(path for room in ("shared", "workers", "coordinator") for path in (ROOT / room).rglob("*.py"))
MAX_MODULE_LINES = 400
MAX_FUNCTION_LINES = 40


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_a_module_says_what_belongs_in_it(path):
    assert ast.get_docstring(ast.parse(path.read_text())), f"{name(path)} has no docstring"


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_a_module_is_one_idea(path):
    assert len(path.read_text().splitlines()) <= MAX_MODULE_LINES


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_a_function_fits_on_a_screen(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            length = (node.end_lineno or node.lineno) - body[0].lineno + 1 if body else 0
            assert length <= MAX_FUNCTION_LINES, f"{node.name} has {length} lines"


def test_no_module_is_a_drawer_for_everything():
    drawers = {"utils.py", "util.py", "helpers.py", "common.py", "misc.py"}
    assert not [name(path) for path in MODULES if path.name in drawers]


def test_only_one_module_quotes_identifiers():
    """Doubling of quotes outside shared/sql.py is a second place that quotes."""
    doubling = re.compile(r"""replace\(\s*(['"])['"]\1\s*,|replace\('"',\s*'""\'\)|replace\("'",\s*"''"\)""")
    offenders = [name(path) for path in MODULES if doubling.search(path.read_text()) and name(path) != "shared/sql.py"]
    assert offenders == []


def test_the_locks_name_no_index_and_pin_every_wheel_by_hash():
    for lock in sorted((ROOT / "requirements").glob("*.lock")):
        text = lock.read_text()
        assert "://" not in text, lock.name
        assert "--index" not in text, lock.name
        for entry in re.split(r"\n(?=\S)", text.strip()):
            assert "--hash=sha256:" in entry, f"{lock.name}: {entry.splitlines()[0]} has no hash"


def test_every_dependency_of_the_package_is_locked():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    locked = {
        line.split("==")[0] for line in (ROOT / "requirements/runtime.lock").read_text().splitlines() if "==" in line
    }
    wanted = {re.split(r"[\[>=<]", dependency)[0] for dependency in project["dependencies"]}
    assert wanted <= locked


def test_every_file_that_the_architecture_page_names_is_there():
    page = (ROOT / "docs/architecture.md").read_text()
    named = re.findall(r"`((?:coordinator|workers|shared|deploy)/[\w/.]+)`", page)
    assert len(named) > 20
    assert [place for place in named if not (ROOT / place).exists()] == []


def test_nothing_of_a_skeleton_is_left_to_be_filled_in():
    """`make new-kind` and `make new-rule` write these words where a person has to say something."""
    words = "FILL" + " IN"
    left = [
        name(path)
        for room in ("shared", "docs", "tests")
        for path in (ROOT / room).rglob("*")
        if path.suffix in {".py", ".sql", ".md", ".txt"}
        and "skeletons" not in path.parts
        and words in path.read_text(encoding="utf-8")
    ]
    assert left == [], f"these files still say {words}: {', '.join(left)}"


def test_every_decision_has_a_number_of_its_own():
    numbers = [path.name[:3] for path in sorted((ROOT / "docs/decisions").glob("*.md"))]
    assert sorted(set(numbers)) == numbers
