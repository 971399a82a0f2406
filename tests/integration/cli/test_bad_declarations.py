"""A declaration that cannot be used ends the scan with one sentence that names file and line, and exit code 1."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.configurations import one_server

FLEETDRIFT = Path(sys.executable).with_name("fleetdrift")


@pytest.fixture
def check(postgres, tmp_path):
    """Run `fleetdrift check` on one tenant with these files beside fleetdrift.toml."""

    def run(
        files: dict[str, str], *options: str, spec: str = "spec", extra: str = ""
    ) -> subprocess.CompletedProcess[str]:
        for name, text in files.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text)
        (tmp_path / "fleetdrift.toml").write_text(f"""
[fleet]
tenants = [{{ tenant = "one", database = "postgres" }}]
[spec]
source = "{spec}"
{one_server(postgres)}
{extra}
""")
        return subprocess.run(
            [FLEETDRIFT, "check", *options], capture_output=True, text=True, check=False, cwd=tmp_path, timeout=60
        )

    return run


def sentence(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 1, done.stdout
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    (line,) = done.stderr.splitlines()
    return line.removeprefix("fleetdrift: ")


def test_a_terraform_file_with_a_syntax_error(check):
    assert "main.tf:2" in sentence(check({"spec/main.tf": "locals {\n  a = = 1\n}\n"}))


def test_a_terraform_file_with_an_unknown_function(check):
    told = sentence(check({"spec/main.tf": 'output "x" {\n  value = uper("a")\n}\n'}))
    assert "main.tf:2" in told
    assert "uper" in told


def test_sql_that_does_not_parse(check):
    assert "a.sql:2" in sentence(check({"spec/a.sql": "CREATE TABLE a (id int);\nCREATE TABEL b (id int);\n"}))


def test_sql_that_fails_on_the_scratch_server(check):
    told = sentence(check({"spec/a.sql": "CREATE TABLE a (id int);\n\nCREATE INDEX i ON a (nope);\n"}))
    assert "a.sql:3" in told
    assert 'column "nope" does not exist' in told


VARIABLE = """variable "table" {}
resource "sql_migrate" "a" {
  migration {
    up   = "CREATE TABLE ${var.table} (id int); CREATE TABLE ${var.table} (id int)"
    down = ""
  }
}
"""


def test_variables_of_the_command_line_are_those_of_the_declaration(check):
    """The last one wins; PostgreSQL says of the second table that the first one is there."""
    files = {"spec/main.tf": VARIABLE, "values.tfvars": 'table = "of_the_file"\n'}
    told = sentence(check(files, "--var", "table=said", "--var-file", "values.tfvars"))
    assert 'relation "of_the_file" already exists' in told
    told = sentence(check(files, "--var-file", "values.tfvars", "--var", "table=said"))
    assert 'relation "said" already exists' in told


def test_a_spec_that_is_not_there(check):
    assert "nowhere" in sentence(check({}, spec="nowhere"))


def test_a_contract_folder_that_is_not_there(check):
    told = sentence(check({"spec/a.sql": ""}, extra='[[contracts]]\nservice = "orders"\npath = "gone"'))
    assert told == "the contract of 'orders': there is no folder gone"


def test_a_configuration_with_a_typo(check):
    assert "unknown key 'sacn'; did you mean 'scan'?" in sentence(check({}, extra="[sacn]\nslots = 1"))


def test_a_rust_file_that_does_not_parse_is_said_and_the_rest_is_still_checked(check):
    done = check(
        {
            "spec/a.sql": "CREATE TABLE a (id int);",
            "service/src/broken.rs": "fn x( { let a = ; }}} sqlx::query!(",
            "service/src/good.rs": 'async fn f() { sqlx::query!("SELECT x FROM gone").fetch_all(&pool).await; }',
        },
        extra='[[contracts]]\nservice = "orders"\npath = "service"',
    )
    assert done.returncode in (2, 3), done.stderr
    assert "broken.rs:1" in done.stdout
    assert 'relation "gone" does not exist' in " ".join(done.stdout.split())
