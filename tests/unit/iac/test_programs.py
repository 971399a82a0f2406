"""A folder whose declaration is a program says so, with what to give instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from coordinator.iac.load import read_declaration
from coordinator.iac.programs import PROGRAMS
from coordinator.iac.source import SourceError
from shared.schema.schema import Coverage


@pytest.mark.parametrize("file", PROGRAMS)
def test_a_program_beside_sql_is_not_read(file: str, tmp_path: Path) -> None:
    (tmp_path / file).write_text("{}")
    (tmp_path / "lambda").mkdir()
    (tmp_path / "lambda" / "init.sql").write_text("SELECT 'hello';")
    unread = [each for each in read_declaration(tmp_path).carriers if each.coverage is Coverage.UNREAD]
    assert [(str(each.origin), each.reason) for each in unread] == [(f"{file}:1", PROGRAMS[file])]


def test_a_program_alone_says_what_to_give_instead(tmp_path: Path) -> None:
    (tmp_path / "cdk.json").write_text("{}")
    with pytest.raises(SourceError, match=r"^cdk\.json:1: an app of the CDK is a program; `cdk synth` writes"):
        read_declaration(tmp_path)
