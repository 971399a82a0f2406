"""What is known of a kind stands in its record: no other module keeps a table of kinds."""

from __future__ import annotations

import ast
import re
from dataclasses import fields
from pathlib import Path

import pytest

from shared.kinds.ordering import Edges
from shared.kinds.record import Kind
from shared.schema.model import KINDS

ROOT = Path(__file__).parents[2]
RECORDS = ROOT / "shared" / "kinds"
MODULES = sorted(
    path
    for room in ("shared", "workers", "coordinator")
    for path in (ROOT / room).rglob("*.py")
    if not path.is_relative_to(RECORDS)
)
NO_TABLES_OF_KINDS = {
    "coordinator/iac/atlas/blocks.py:BLOCKS_WITH_NAMES": "types of Atlas blocks; some are called as kinds are",
    "coordinator/iac/atlas/schema.py:_READERS": "the same types, and who reads a block",
    "coordinator/iac/atlas/schema.py:_NO_NAMESPACE": "the same types: blocks without a `schema` attribute",
    "coordinator/iac/atlas/schema.py:_PARENTS": "the same types: blocks that are on a table",
    "coordinator/iac/terraform/provider_grants.py:_ON_ALL": "types of objects as the provider names them",
    "coordinator/iac/terraform/provider_grants.py:_FOREIGN": "the same types",
    "coordinator/iac/terraform/provider_grants.py:_BY_DEFAULT": "the same types",
    "coordinator/iac/terraform/provider_objects.py:_TYPES": "types of resources, with what each declares",
    "coordinator/cli/ignores.py:_CHOICES": "names of fields, two of which are called as kinds are",
    "shared/findings/ignore.py:CHOOSING_FIELDS": "names of fields, two of which are called as kinds are",
    "shared/findings/wording.py:_IN_DEFINITION": "names of fields, two of which are called as kinds are",
    "shared/remediation/kept_sql.py:_WORDS": "names of facts that a plan keeps, two of which are called as kinds are",
    "shared/remediation/kept_sql.py:_STEPS": "the same facts, with the SQL that gives them back",
}
RULES = "shared/findings/rules/"
"""A rule names the kinds that it judges: that is what a rule is. A kind without one falls to the general rules."""


def tables(path: Path) -> list[str]:
    """Name the module-level collections of a file that hold two tags of kinds or more."""
    found = []
    for node in ast.parse(path.read_text()).body:
        if not isinstance(node, ast.Assign | ast.AnnAssign) or node.value is None:
            continue
        parts = list(ast.walk(node.value))
        tags = {part.value for part in parts if isinstance(part, ast.Constant) and part.value in KINDS}
        if len(tags) > 1 and any(isinstance(part, ast.Dict | ast.Set | ast.Tuple | ast.List) for part in parts):
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            found.append(f"{path.relative_to(ROOT).as_posix()}:{ast.unparse(target)}")
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_table_of_kinds_stands_outside_of_the_records(path: Path) -> None:
    named = [table for table in tables(path) if table not in NO_TABLES_OF_KINDS and not table.startswith(RULES)]
    assert named == [], "say it in each kind's record (shared/kinds/record.py)"


@pytest.mark.parametrize("field", [field.name for kind in (Kind, Edges) for field in fields(kind)])
def test_every_fact_of_a_record_is_asked_for(field: str) -> None:
    asked = re.compile(rf"\.{field}\b")
    askers = [path for path in (ROOT / "shared").rglob("*.py") if "families" not in path.parts]
    assert any(asked.search(path.read_text()) for path in askers), "nobody asks: take it out of the record"


def test_no_exception_is_left_over() -> None:
    assert {table for path in MODULES for table in tables(path)} >= NO_TABLES_OF_KINDS.keys()


def test_a_table_of_kinds_would_be_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{__name__}.ROOT", tmp_path)
    for number, source in enumerate((
        'A = {"table": 1, "view": 2}',
        'A = frozenset({"table", "view"})',
        'A: tuple[str, ...] = ("table", "x", "view")',
        'A = dict.fromkeys(["table", "view"], 0)',
        'A = {1: ("table",), 2: ("view",)}',
    )):  # fmt: skip
        path = tmp_path / f"{number}.py"
        path.write_text(source)
        assert tables(path) == [f"{number}.py:A"]
