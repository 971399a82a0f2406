"""What is sent to a tenant is ASCII: any other character is an error in a database whose encoding does not have it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "shared").rglob("*.sql"))
MODULES = sorted(path for room in ("shared", "workers") for path in (ROOT / room).rglob("*.py"))
SQL = re.compile(r"\b(SELECT|SET|BEGIN|FROM|WHERE|WITH|ALTER|CREATE|DROP|COPY|EXECUTE|RESET|LOCK)\b|pg_catalog")


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def texts(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Give line and text of each string that is no docstring."""
    documentation = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
            yield node.lineno, node.value


@pytest.mark.parametrize("path", FILES, ids=name)
def test_a_query_file_is_ascii(path):
    assert path.read_bytes().isascii()


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_sql_that_is_built_is_of_ascii_parts(path):
    found = texts(ast.parse(path.read_text()))
    assert [(line, text) for line, text in found if SQL.search(text) and not text.isascii()] == []
