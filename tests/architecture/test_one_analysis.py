"""Only `shared.analysis` runs the steps of an analysis: the commands send it requests."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
STEPS = {
    "diff_schemas",
    "in_one_spelling",
    "make_guard",
    "materialise",
    "plan_and_prove",
    "plan_remediation",
    "prove",
    "spell",
    "tool_objects",
    "with_partitions",
    "without_following_partitions",
    "without_tool_objects",
}


def test_no_command_runs_a_step_of_the_analysis_by_itself() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {alias.name}"
        for room in ("coordinator", "workers")
        for path in (ROOT / room).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.name in STEPS
    ]
    assert found == []


def test_every_step_that_is_named_here_exists() -> None:
    defined = {
        node.name
        for path in (ROOT / "shared").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert defined >= STEPS
