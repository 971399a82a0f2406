"""The list of named mutants stays true to the code: `make mutants` tries them, this only reads."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path

import pytest

from tests.mutants.named import MUTANTS

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_named_mutant_changes_code_that_is_there(mutant):
    text = (ROOT / mutant.file).read_text()
    changed = mutant.apply(text)
    assert ast.dump(ast.parse(changed)) != ast.dump(ast.parse(text))
    assert [test for test in mutant.tests if not (ROOT / test).exists()] == []


def test_every_file_that_the_mutation_tool_changes_is_there():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["mutmut"]
    for pattern in (*settings["only_mutate"], *settings["pytest_add_cli_args_test_selection"]):
        assert list(ROOT.glob(pattern)), f"{pattern} in pyproject.toml, [tool.mutmut], names no file"
