"""A skeleton lands where it belongs, and what is still to be said is named by the import and by a test."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from shared.kinds.record import Kind
from tests.skeletons.files import SkeletonError
from tests.skeletons.kind import write_kind
from tests.skeletons.rule import write_rule

ROOT = Path(__file__).parents[3]
GIVEN = {"model", "keyword", "queries", "create", "drop", "alter"}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of what skeletons are put into."""
    shutil.copytree(ROOT / "shared", tmp_path / "shared", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("tests/golden/rules/changes.py", "docs/rules/README.md"):
        (tmp_path / name).parent.mkdir(parents=True)
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def imported(project: Path) -> str:
    """Import the records of a copy, and give what that says."""
    path = {**os.environ, "PYTHONPATH": str(project), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", "import shared.kinds; print(*shared.kinds.RECORDS)"],
        cwd=project,
        env=path,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


def test_the_import_names_every_fact_that_a_new_kind_still_lacks(project: Path) -> None:
    write_kind(project, "made_up_kind")
    text = imported(project)
    assert "TypeError: Kind.__init__() missing" in text
    assert {field.name for field in fields(Kind) if f"'{field.name}'" in text} == {
        field.name for field in fields(Kind)
    } - GIVEN


def test_a_new_kind_is_whole_once_its_facts_are_given(project: Path) -> None:
    write_kind(project, "made_up_kind")
    record = project / "shared" / "kinds" / "families" / "made_up_kind.py"
    given = {keyword.arg for keyword in ast.walk(ast.parse(record.read_text())) if isinstance(keyword, ast.keyword)}
    lacking = ", ".join(
        f"{field.name}={999 if field.name == 'rank' else f'EXTENSION.{field.name}'}"
        for field in fields(Kind)
        if field.name not in given
    )
    text = record.read_text().replace("    alter=always_rebuild,\n", f"    alter=always_rebuild,\n    {lacking},\n")
    record.write_text(
        text.replace("from shared.kinds.record", "from .databases import EXTENSION\nfrom shared.kinds.record")
    )
    kinds = imported(project)
    assert "Error" not in kinds
    assert "made_up_kind" in kinds.split()


def test_a_model_without_a_record_is_named_by_the_import(project: Path) -> None:
    write_kind(project, "made_up_kind")
    registry = project / "shared" / "kinds" / "registry.py"
    registry.write_text(registry.read_text().replace("    made_up_kind,\n", ""))
    assert "KindError: made_up_kind has no record in shared/kinds/families" in imported(project)


def test_every_part_of_a_new_kind_says_what_is_to_be_filled_in(project: Path) -> None:
    for path in write_kind(project, "made_up_kind"):
        if path.suffix == ".py":
            ast.parse(path.read_text())
        elif path.is_relative_to(project / "tests"):
            assert "FILL IN" in path.read_text()


def test_a_new_rule_stands_in_the_index_with_a_page_a_case_and_a_test(project: Path) -> None:
    written = {path.relative_to(project).as_posix() for path in write_rule(project, "missing-made-up-kind")}
    assert written == {
        "shared/findings/rules/missing_made_up_kind.py",
        "docs/rules/missing-made-up-kind.md",
        "docs/rules/README.md",
        "tests/golden/rules/changes.py",
        "tests/unit/findings/rules/test_missing_made_up_kind.py",
    }
    index = (project / "docs" / "rules" / "README.md").read_text()
    assert index.index("## Missing") < index.index("- [missing-made-up-kind]") < index.index("## Unexpected")
    for name in written:
        if name.endswith(".py"):
            ast.parse((project / name).read_text())


@pytest.mark.parametrize(
    ("write", "name", "sentence"),
    [
        (write_kind, "EventLog", "expected a name like event_log (lower case, underscores), got 'EventLog'"),
        (write_kind, "table", "shared/postgres/queries/table.sql exists already: choose another name"),
        (write_rule, "event_log", "expected an id like missing-event-log (lower case, hyphens), got 'event_log'"),
        (write_rule, "missing-view", "shared/findings/rules/missing_view.py exists already: choose another name"),
    ],
)
def test_a_name_that_cannot_be_used_is_refused_before_anything_is_written(project, write, name, sentence) -> None:
    before = sorted(project.rglob("*"))
    with pytest.raises(SkeletonError) as refused:
        write(project, name)
    assert sentence in str(refused.value)
    assert sorted(project.rglob("*")) == before
