"""SARIF names files by their path in the repository, wherever in it the declaration and the configuration lie."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.configurations import one_server

FLEETDRIFT = Path(sys.executable).with_name("fleetdrift")
RUST = 'pub async fn run(p: &sqlx::PgPool) { sqlx::query("SELECT login FROM agent").fetch_all(p).await; }\n'
AGENT = "\n\nCREATE TABLE agent (id bigint PRIMARY KEY, login text NOT NULL);\n"


@pytest.fixture
def checkout(postgres, tmp_path):
    """A git checkout whose fleet is configured in `ops/`: give the SARIF results of `fleetdrift check`."""
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)

    def results(files: dict[str, str], specs: str, tenants: tuple[str, ...] = ("one",)) -> list[dict]:
        listed = ", ".join(f'{{ tenant = "{name}", database = "postgres" }}' for name in tenants)
        config = f"""
[fleet]
tenants = [{listed}]
{one_server(postgres)}
{specs}
"""
        for name, text in {**files, "ops/fleetdrift.toml": config}.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text)
        done = subprocess.run(
            [FLEETDRIFT, "check", "--output", "sarif"],
            capture_output=True,
            text=True,
            check=False,
            cwd=tmp_path / "ops",
        )
        assert done.returncode == 2, done.stderr
        return json.loads(done.stdout)["runs"][0]["results"]

    return results


def places(result: dict, key: str = "locations") -> list[tuple[str, int]]:
    found = [each["physicalLocation"] for each in result.get(key, []) if "physicalLocation" in each]
    return [(each["artifactLocation"]["uri"], each["region"]["startLine"]) for each in found]


def test_a_finding_stands_in_the_declaring_file_of_the_repository(checkout):
    found = checkout({"infra/db/sql/001.sql": AGENT}, '[spec]\nsource = "../infra/db/sql"')
    assert {result["ruleId"]: places(result) for result in found} == {
        "missing-table": [("infra/db/sql/001.sql", 3)],
    }


def test_a_file_that_the_declaration_reads_from_beside_it_has_its_own_path(checkout):
    terraform = 'resource "sql_migrate" "agent" {\n  migration {\n    id = "1"\n    up = file("${path.module}/../sql/agent.sql")\n    down = ""\n  }\n}\n'  # noqa: E501  # a file's text
    found = checkout({"infra/tf/main.tf": terraform, "infra/sql/agent.sql": AGENT}, '[spec]\nsource = "../infra/tf"')
    assert [places(result) for result in found] == [[("infra/sql/agent.sql", 3)]]


def test_a_broken_query_stands_at_its_call_and_points_to_the_declaration_that_it_needs(checkout):
    cargo = '[package]\nname = "desk"\nversion = "0.1.0"\n[dependencies]\nsqlx = "0.8"\n'
    found = checkout(
        {"infra/sql/001.sql": AGENT, "services/desk/src/lib.rs": RUST, "services/desk/Cargo.toml": cargo},
        '[spec]\nsource = "../infra/sql"\n[[contracts]]\nservice = "desk"\npath = "../services/desk"',
    )
    [broken] = [result for result in found if result["ruleId"].startswith("contract-")]
    assert places(broken) == [("services/desk/src/lib.rs", 1)]
    assert places(broken, "relatedLocations") == [("infra/sql/001.sql", 3)]
    assert "snippet" not in broken["locations"][0]["physicalLocation"]["region"], "the query is not the region's text"
    assert broken["properties"]["query"] == "SELECT login FROM agent"


def test_of_several_sources_the_one_that_is_for_the_tenant_is_named(checkout):
    specs = '[[spec]]\nsource = "../a"\ntenants = ["one"]\n[[spec]]\nsource = "../b"'
    files = {"a/001.sql": AGENT, "b/001.sql": AGENT.replace("agent", "seat")}
    found = checkout(files, specs, ("one", "two"))
    assert {tuple(result["properties"]["tenants"]): places(result) for result in found} == {
        ("one",): [("a/001.sql", 3)],
        ("two",): [("b/001.sql", 3)],
    }


def test_where_two_sources_may_be_meant_both_are_related_and_none_is_guessed(checkout):
    specs = '[[spec]]\nsource = "../a"\nhosts = ["here"]\n[[spec]]\nsource = "../b"'
    [result] = checkout({"a/001.sql": AGENT, "b/001.sql": AGENT}, specs)
    assert places(result) == []
    assert places(result, "relatedLocations") == [("a/001.sql", 3), ("b/001.sql", 3)]
    told = {each["message"]["text"] for each in result["relatedLocations"]}
    assert told == {"It may be declared here: several sources have a file of this name."}


def test_each_tenant_with_a_source_of_its_own_has_its_own_file(checkout):
    files = {"tenants/one/001.sql": AGENT, "tenants/two/001.sql": AGENT.replace("agent", "seat")}
    found = checkout(files, '[spec]\nsource = "../tenants/{tenant}"', ("one", "two"))
    assert sorted(place for result in found for place in places(result)) == [
        ("tenants/one/001.sql", 3),
        ("tenants/two/001.sql", 3),
    ]
