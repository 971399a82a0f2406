"""The log is a closed list: one module writes it, everything in it is an event, and docs/logs.md lists them all."""

from __future__ import annotations

import ast
import re
from enum import StrEnum
from pathlib import Path

import msgspec
import pytest

from tests.events import event_types

ROOT = Path(__file__).parents[2]
MODULES = sorted(path for room in ("shared", "workers", "coordinator") for path in (ROOT / room).rglob("*.py"))
WRITER = ROOT / "shared/logs.py"
NAMES = {kind.__name__ for kind in event_types().values()}


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports(tree: ast.AST) -> set[str]:
    plain = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    return plain | {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_only_one_module_knows_python_s_logging(path):
    found = {module for module in imports(ast.parse(path.read_text())) if module.split(".")[0] == "logging"}
    assert not found or path == WRITER


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_every_log_call_is_given_an_event_of_the_list(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "log":
            [argument] = node.args
            made = argument.func if isinstance(argument, ast.Call) else None
            filled_in = isinstance(made, ast.Attribute) and made.attr == "replace"  # the run's id, into a RunEvent
            assert filled_in or (isinstance(made, ast.Name) and made.id in NAMES), f"{name(path)}:{node.lineno}"


def test_every_event_is_logged_somewhere():
    others = [path.read_text() for path in MODULES if not name(path).startswith("shared/events/")]
    silent = [kind for kind in sorted(NAMES) if not any(re.search(rf"\b{kind}\(", text) for text in others)]
    assert silent == []


def test_the_fields_of_an_event_can_hold_no_structure_in_which_sql_could_hide():
    plain = {str, int, float, bool}
    for kind in event_types().values():
        for field in msgspec.structs.fields(kind):
            enum = isinstance(field.type, type) and issubclass(field.type, StrEnum)
            frames = kind.__name__ == "InternalError" and field.name == "frames"
            assert field.type in plain or enum or frames, f"{kind.__name__}.{field.name}"


def test_the_page_lists_every_event_with_its_level_and_its_fields():
    rows = re.findall(r"^\| `([a-z_.]+)` \| (\w+) \| ([^|]*) \|", (ROOT / "docs/logs.md").read_text(), re.MULTILINE)
    written = {event: (level, tuple(re.findall(r"`(\w+)`", fields))) for event, level, fields in rows}
    assert written == {
        event: (kind.level.name, tuple(field.name for field in msgspec.structs.fields(kind)))
        for event, kind in event_types().items()
    }
