"""What a unit of Terragrunt adds to its module is read, or said."""

from __future__ import annotations

from pathlib import Path

import pytest

from coordinator.iac.load import load_source
from coordinator.iac.source import SourceError
from shared.schema.schema import SpecSource, told

MODULE = (
    'variable "table" {\n  default = "by_default"\n}\n'
    'resource "sql_migrate" "s" {\n  migration {\n    up   = "CREATE TABLE ${var.table} ();"\n    down = ""\n  }\n}\n'
)
SOURCE = 'terraform {\n  source = "../module"\n}\n'
OTHER = 'resource "sql_migrate" "o" {\n  migration {\n    up   = "CREATE TABLE other ();"\n    down = ""\n  }\n}\n'


def read(folder: Path, unit: str, **files: str) -> SpecSource:
    for name, text in {"unit/terragrunt.hcl": unit, "module/main.tf": MODULE, **files}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    (folder / ".git").mkdir()
    return load_source(folder / "unit")


def said(source: SpecSource) -> tuple[list[str], list[str]]:
    return [item.sql for item in source.declarations], [told(each) for each in source.unread]


def test_what_a_generated_file_declares_is_read(tmp_path: Path) -> None:
    generate = f'generate "g" {{\n  path = "made.tf"\n  if_exists = "overwrite"\n  contents = <<EOF\n{OTHER}EOF\n}}\n'
    sql, unread = said(read(tmp_path, SOURCE + generate))
    assert (sorted(sql), unread) == (["CREATE TABLE by_default ()", "CREATE TABLE other ()"], [])
    assert not (tmp_path / "module" / "made.tf").exists()


def test_a_module_may_be_all_generated_by_what_is_included(tmp_path: Path) -> None:
    root = f'generate "g" {{\n  path = "made.tf"\n  if_exists = "skip"\n  contents = <<EOF\n{OTHER}EOF\n}}\n'
    unit = 'include "root" {\n  path = find_in_parent_folders("root.hcl")\n}\n'
    (tmp_path / "root.hcl").write_text(root, "utf-8")
    assert said(read(tmp_path, unit)) == (["CREATE TABLE other ()"], [])


def test_a_generated_file_that_is_not_known_is_said(tmp_path: Path) -> None:
    generate = 'generate "g" {\n  path = "made.tf"\n  if_exists = "overwrite"\n  contents = run_cmd("x")\n}\n'
    assert said(read(tmp_path, SOURCE + generate))[1] == [
        "terragrunt.hcl:4: generate.g: not read: the file that it writes into the module is not known"
    ]


@pytest.mark.parametrize("inputs", ["{ table = dependency.d.outputs.name }", "merge(dependency.d.outputs, {})"])
def test_an_input_that_is_not_known_is_not_the_default(inputs: str, tmp_path: Path) -> None:
    dependency = 'dependency "d" {\n  config_path = "../d"\n  mock_outputs = { name = "mock" }\n}\n'
    with pytest.raises(
        SourceError, match=r"main\.tf:6: sql_migrate\.s: not read: a part of this statement is known only"
    ):
        read(tmp_path, f"{SOURCE}{dependency}inputs = {inputs}\n")


def test_extra_arguments_give_values(tmp_path: Path) -> None:
    unit = (
        'terraform {\n  source = "../module"\n  extra_arguments "a" {\n    commands = ["plan", "apply"]\n'
        '    required_var_files = ["${get_terragrunt_dir()}/v.tfvars"]\n'
        '    optional_var_files = ["${get_terragrunt_dir()}/gone.tfvars"]\n  }\n'
        '  extra_arguments "b" {\n    commands = ["destroy"]\n    arguments = ["-var", "table=gone"]\n  }\n}\n'
    )
    assert said(read(tmp_path, unit, **{"unit/v.tfvars": 'table = "from_file"\n'})) == (
        ["CREATE TABLE from_file ()"],
        [],
    )


def test_a_hook_that_reaches_a_database_is_said(tmp_path: Path) -> None:
    unit = (
        'terraform {\n  source = "../module"\n  after_hook "h" {\n    commands = ["apply"]\n'
        '    execute = ["psql", "-f", "more.sql"]\n  }\n'
        '  before_hook "e" {\n    commands = ["apply"]\n    execute = ["echo", "hello"]\n  }\n}\n'
    )
    assert said(read(tmp_path, unit)) == (
        ["CREATE TABLE by_default ()"],
        ["terragrunt.hcl:5: after_hook.h: not read: what this hook runs is not read"],
    )
