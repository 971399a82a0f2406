"""`fleetdrift iac show`: a configuration's planned values, in the order its options were given."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from coordinator.cli.iac import command

MAIN = """\
variable "x" {
  default = "default"
}
variable "pw" {
  default   = "hunter2"
  sensitive = true
}
module "m" {
  for_each = toset(["a.b", "c"])
  source   = "./m"
  key      = each.key
}
resource "terraform_data" "t" {
  count = 2
  input = count.index
}
output "v" {
  value = var.x
}
output "later" {
  value = terraform_data.t[0].id
}
"""
MODULE = 'variable "key" {}\nresource "postgresql_schema" "s" {\n  name = var.key\n}\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "m").mkdir()
    (tmp_path / "main.tf").write_text(MAIN)
    (tmp_path / "m" / "main.tf").write_text(MODULE)
    (tmp_path / "p.tfvars").write_text('x = "file"\n')
    return tmp_path


def show(folder: Path, *options: str) -> Any:
    done = CliRunner().invoke(command, ["show", str(folder), *options], catch_exceptions=False)
    assert done.exit_code == 0, done.stderr
    return json.loads(done.stdout)


def test_resources_stand_under_their_modules(folder: Path) -> None:
    root = show(folder)["planned_values"]["root_module"]
    assert [item["address"] for item in root["resources"]] == ["terraform_data.t[0]", "terraform_data.t[1]"]
    assert root["resources"][1]["index"] == 1
    modules = root["child_modules"]
    assert [item["address"] for item in modules] == ['module.m["a.b"]', 'module.m["c"]']
    assert modules[0]["resources"][0]["address"] == 'module.m["a.b"].postgresql_schema.s'
    assert modules[0]["resources"][0]["values"]["name"] == "a.b"


def test_what_is_known_only_after_apply_is_listed(folder: Path) -> None:
    shown = show(folder)
    assert shown["unknown_outputs"] == ["later"]
    assert shown["planned_values"]["outputs"]["v"] == {"sensitive": False, "value": "default"}


@pytest.mark.parametrize(
    ("options", "value"),
    [
        (("--var", "x=one", "--var-file", "p.tfvars"), "file"),
        (("--var-file", "p.tfvars", "--var", "x=one"), "one"),
        (("--var=x=one", "--var", "x=a=b"), "a=b"),
    ],
)
def test_the_later_option_wins(options: tuple[str, ...], value: str, folder: Path) -> None:
    assert show(folder, *options)["planned_values"]["outputs"]["v"]["value"] == value


def test_an_error_is_one_line_with_its_place_and_no_secret(folder: Path) -> None:
    (folder / "z.tf").write_text("locals {\n  n = parseint(var.pw, 10)\n}\n")
    done = CliRunner().invoke(command, ["show", str(folder)])
    assert done.exit_code == 1
    assert done.stdout == ""
    assert done.stderr == (
        "fleetdrift: z.tf:2: Error in function call: call to function 'parseint' failed: "
        "cannot parse the argument as a base 10 integer\n"
    )
