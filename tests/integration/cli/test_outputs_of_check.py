"""`check` gives its report in several forms at once, and may be held to what is new since an earlier one."""

from __future__ import annotations

import asyncio
import json
import secrets
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest

from tests.configurations import one_server

FLEETDRIFT = Path(sys.executable).with_name("fleetdrift")
TABLE = "CREATE TABLE agent (id bigint PRIMARY KEY, login text NOT NULL);\n"
INDEX = "CREATE INDEX agent_login ON agent (login);\n"


@pytest.fixture
def tenant(postgres):
    """A tenant's database that lacks the declared index: give a function that runs SQL in it, and its name."""
    name = f"checked_{secrets.token_hex(4)}"

    def run(sql: str, database: str = name) -> None:
        async def execute() -> None:
            connection = await asyncpg.connect(postgres.dsn(database))
            await connection.execute(sql)
            await connection.close()

        asyncio.run(execute())

    run(f"CREATE DATABASE {name}", "postgres")
    run(TABLE)
    yield run, name
    run(f"DROP DATABASE {name} WITH (FORCE)", "postgres")


@pytest.fixture
def check(postgres, tenant, tmp_path):
    (tmp_path / "schema.sql").write_text(TABLE + INDEX)
    (tmp_path / "fleetdrift.toml").write_text(f"""
[fleet]
name = "desk"
tenants = [{{ tenant = "one", database = "{tenant[1]}" }}]
[spec]
source = "schema.sql"
{one_server(postgres)}
""")

    def check(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [FLEETDRIFT, "check", *arguments], capture_output=True, text=True, check=False, cwd=tmp_path, timeout=120
        )

    return check


def test_several_forms_are_written_at_once_and_one_is_printed(check, tmp_path):
    done = check("--output", "text", "--output", "json:out/report.json", "--output", "sarif:out/report.sarif")
    assert done.returncode == 2, done.stderr
    assert done.stdout.startswith("fleetdrift  desk: drift found\n")
    assert json.loads((tmp_path / "out/report.json").read_text())["report"]["fleet"] == "desk"
    assert json.loads((tmp_path / "out/report.sarif").read_text())["version"] == "2.1.0"


def test_only_what_is_new_since_an_earlier_report_fails(check, tenant):
    assert check("--output", "json:before.json").returncode == 2
    known = check("--since", "before.json")
    assert (known.returncode, "Since that report: 0 new, 0 gone" in known.stdout) == (0, True)
    tenant[0]("ALTER TABLE agent ADD COLUMN note text")
    new = check("--since", "before.json")
    assert new.returncode == 2
    assert "Since that report: 1 new, 0 gone" in new.stdout
    assert "column public.agent.note" in new.stdout.partition("New")[2].partition("one")[0]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--output", "jsn"), 64, "'jsn' is no form of a report; did you mean 'json'?"),
        (("--output", "json", "--output", "text"), 64, "only one --output can be printed; give the others a file"),
        (("--since", "nowhere.json"), 1, "nowhere.json cannot be read: No such file or directory"),
        (("--since", "schema.sql"), 1, "expected the JSON of a report"),
        (("--output", "json:schema.sql/x.json"), 1, "cannot write the report schema.sql/x.json: "),
    ],
)
def test_what_cannot_be_done_is_a_sentence(check, arguments, code, said):
    done = check(*arguments)
    assert (done.returncode, said in done.stderr) == (code, True), done.stderr
