"""`fleetdrift contracts`: verdicts on services beside two schemas, and what was read of them."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from coordinator.cli.contracts import command

TABLE = "CREATE TABLE agent (id bigint PRIMARY KEY, login text NOT NULL, seat int);\n"
RUST = """
pub async fn run(pool: &sqlx::PgPool) -> Result<(), sqlx::Error> {
    sqlx::query("SELECT login FROM agent").fetch_all(pool).await?;
    Ok(())
}
"""


@pytest.fixture
def service(tmp_path):
    (tmp_path / "desk/src").mkdir(parents=True)
    (tmp_path / "desk/src/lib.rs").write_text(RUST)
    (tmp_path / "desired.sql").write_text(TABLE)
    return tmp_path


def check(folder, change, *more):
    (folder / "observed.sql").write_text(TABLE + change)
    sources = ["--desired", str(folder / "desired.sql"), "--observed", str(folder / "observed.sql")]
    return CliRunner().invoke(command, ["check", "--rust", str(folder / "desk"), *sources, *more])


def test_a_lost_column_is_a_violation_and_exit_2(service):
    done = check(service, "ALTER TABLE agent DROP login;", "--output", "json")
    [verdict] = json.loads(done.output)["verdicts"]
    assert done.exit_code == 2
    assert (verdict["status"], verdict["sqlstate"], verdict["declared_too"]) == ("violated", "42703", False)
    assert (verdict["service"], verdict["file"], verdict["line"]) == ("desk", "src/lib.rs", 3)
    assert verdict["query"] == "SELECT login FROM agent"


def test_a_table_that_nobody_names_breaks_nothing(service):
    done = check(service, "CREATE TABLE other (id int);", "--output", "json")
    assert (done.exit_code, json.loads(done.output)["verdicts"]) == (0, [])


def test_what_could_not_be_read_is_exit_3_unless_something_breaks(service):
    rust = RUST + 'fn g(p: P, name: &str) { sqlx::query(&format!("DELETE FROM {name}")).execute(p); }'
    (service / "desk/src/lib.rs").write_text(rust)
    assert check(service, "CREATE TABLE other (id int);").exit_code == 3
    assert check(service, "ALTER TABLE agent DROP login;").exit_code == 2


def test_two_results_of_one_file_never_share_a_fingerprint(service):
    (service / "desk/src/lib.rs").write_text(RUST + RUST.replace("run", "again"))
    log = json.loads(check(service, "ALTER TABLE agent DROP login;", "--output", "sarif").output)
    results = log["runs"][0]["results"]
    assert [result["level"] for result in results] == ["error", "error"]
    prints = {tuple(result["partialFingerprints"].values()) for result in results}
    assert len(prints) == len(results)


def test_sarif_paths_start_at_the_repository_and_say_where_the_call_ends(service):
    (service / ".git").mkdir()
    (service / "services").mkdir()
    (service / "infra").mkdir()
    (service / "desired.sql").rename(service / "infra/desired.sql")
    (service / "desk").rename(service / "services/desk")
    call = 'sqlx::query(\n        "SELECT login FROM agent",\n    )'
    rust = RUST.replace('sqlx::query("SELECT login FROM agent")', f"/* \u00e9 */ {call}")
    (service / "services/desk/src/lib.rs").write_text(rust)
    (service / "observed.sql").write_text(TABLE + "ALTER TABLE agent DROP login;")
    sources = ["--desired", str(service / "infra/desired.sql"), "--observed", str(service / "observed.sql")]
    done = CliRunner().invoke(
        command, ["check", "--rust", str(service / "services/desk"), *sources, "--output", "sarif"]
    )
    [result] = json.loads(done.output)["runs"][0]["results"]
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "services/desk/src/lib.rs"
    region = place["region"]
    assert (region["startLine"], region["startColumn"], region["endLine"]) == (3, 13, 5), "columns count characters"
    assert result["properties"]["query"] == "SELECT login FROM agent"
    assert "snippet" not in region, "the query is not the region's text"
    [declared] = [each["physicalLocation"] for each in result["relatedLocations"]]
    assert (declared["artifactLocation"]["uri"], declared["region"]["startLine"]) == ("infra/desired.sql", 1)


def test_the_text_shows_rust_the_declared_line_and_the_query_that_works(service):
    done = check(service, "ALTER TABLE agent RENAME login TO name;")
    assert 'rust:      sqlx::query("SELECT login FROM agent").fetch_all(pool).await?;' in done.output
    assert "declared:  desired.sql:1" in done.output
    assert "works here: SELECT name AS login FROM agent" in done.output


def test_static_verdicts_say_that_postgresql_was_not_asked(service):
    done = check(service, "ALTER TABLE agent DROP login;", "--static", "--output", "json")
    [verdict] = json.loads(done.output)["verdicts"]
    assert done.exit_code == 2
    assert (verdict["confidence"], verdict["status"], verdict["sqlstate"]) == ("static", "violated", "42703")
    assert "(static)" in check(service, "ALTER TABLE agent DROP login;", "--static").output


def test_the_listing_names_each_query_with_its_driver(service):
    done = CliRunner().invoke(command, ["list", "--rust", str(service / "desk"), "--output", "json"])
    shown = json.loads(done.output)
    assert done.exit_code == 0
    assert [(q["driver"], q["file"], q["line"], q["text"]) for q in shown["queries"]] == [
        ("sqlx", "src/lib.rs", 3, "SELECT login FROM agent")
    ]
    assert shown["coverage"]["by_driver"]["sqlx"]["queries"] == 1


def test_links_broken_and_foreign_bytes_are_named_and_the_rest_is_checked(service):
    (service / "desk/src/link.rs").symlink_to("/etc/hostname")
    (service / "desk/src/bytes.rs").write_bytes(b"// caf\xe9\nfn f() {}")
    (service / "desk/src/torn.rs").write_text("fn f( {")
    done = check(service, "ALTER TABLE agent DROP login;", "--output", "json")
    shown = json.loads(done.output)
    assert len(shown["verdicts"]) == 1
    assert {place["file"] for place in shown["coverage"]["unread"]} >= {"src/link.rs", "src/torn.rs"}


def listed(folder, *more):
    done = CliRunner().invoke(command, ["list", "--rust", str(folder / "desk"), "--output", "json", *more])
    return [query["text"] for query in json.loads(done.output)["queries"]]


def test_features_and_excluded_files_count_in_list_and_check(service):
    (service / "desk/Cargo.toml").write_text("[features]\nadmin = []\n")
    behind = RUST.replace("pub async fn run", '#[cfg(feature = "admin")] pub async fn run').replace("login", "seat")
    (service / "desk/src/lib.rs").write_text(RUST + behind)
    (service / "desk/tools").mkdir()
    (service / "desk/tools/seed.rs").write_text(RUST.replace("login", "id"))
    all_of_them = ["SELECT login FROM agent", "SELECT seat FROM agent", "SELECT id FROM agent"]
    assert listed(service) == all_of_them
    assert listed(service, "--features", "") == [all_of_them[0], all_of_them[2]]
    assert listed(service, "--features", "admin", "--exclude", "tools/**") == all_of_them[:2]
    lost_seat = "ALTER TABLE agent DROP seat;"
    assert check(service, lost_seat, "--features", "admin").exit_code == 2
    assert check(service, lost_seat, "--features", "").exit_code == 0
    done = check(service, lost_seat, "--features", "amin")
    assert str(done.exception).endswith("no Cargo.toml declares a feature 'amin': it declares admin")


def test_a_driver_whose_silence_is_accepted_is_none_that_was_not_read(service):
    (service / "desk/Cargo.toml").write_text('[dependencies]\nsqlx = "0.8"\ndiesel = "2"\n')
    assert check(service, "").exit_code == 3
    assert check(service, "", "--accept-unread", "diesel").exit_code == 0


def test_a_search_path_counts_in_check(service):
    (service / "desired.sql").write_text(f"CREATE SCHEMA desk; SET search_path = desk; {TABLE}")
    (service / "observed.sql").write_text((service / "desired.sql").read_text() + "ALTER TABLE agent DROP login;")
    sources = ["--desired", str(service / "desired.sql"), "--observed", str(service / "observed.sql")]
    asked = ["check", "--rust", str(service / "desk"), *sources, "--output", "json"]
    without = json.loads(CliRunner().invoke(command, asked).output)["verdicts"]
    within = json.loads(CliRunner().invoke(command, [*asked, "--search-path", "desk"]).output)["verdicts"]
    assert [verdict["sqlstate"] for verdict in within if not verdict["declared_too"]] == ["42703"]
    assert [verdict for verdict in without if not verdict["declared_too"]] == []


def test_the_policies_of_a_role_count_in_check(service):
    secured = f"{TABLE}ALTER TABLE agent ENABLE ROW LEVEL SECURITY;\n"
    policy = "CREATE POLICY all_rows ON agent TO {} USING (true);\n"
    (service / "desired.sql").write_text(secured + policy.format("pg_monitor"))
    (service / "observed.sql").write_text(secured + policy.format("pg_read_all_stats"))
    sources = ["--desired", str(service / "desired.sql"), "--observed", str(service / "observed.sql")]
    asked = ["check", "--rust", str(service / "desk"), *sources, "--output", "json"]
    with_role = json.loads(CliRunner().invoke(command, [*asked, "--role", "pg_monitor"]).output)["verdicts"]
    without = json.loads(CliRunner().invoke(command, asked).output)["verdicts"]
    assert [verdict["rule"] for verdict in with_role] == ["contract-row-security", "contract-tenant-isolation"]
    assert [verdict["rule"] for verdict in without] == ["contract-tenant-isolation"]


def test_a_verdict_that_could_not_be_decided_is_exit_3(service):
    mapped = """
#[derive(sqlx::FromRow)]
pub struct Row { seat: other_crate::Seat }
pub async fn run(pool: &sqlx::PgPool) -> Result<Vec<Row>, sqlx::Error> {
    sqlx::query_as::<_, Row>("SELECT seat FROM agent").fetch_all(pool).await
}
"""
    (service / "desk/src/lib.rs").write_text(mapped)
    done = check(service, "ALTER TABLE agent ALTER seat TYPE bigint;", "--output", "json")
    assert [verdict["status"] for verdict in json.loads(done.output)["verdicts"]] == ["unverified"]
    assert done.exit_code == 3


def test_what_of_a_source_could_not_be_read_is_said_and_is_exit_3(service):
    (service / "infra").mkdir()
    command_of = 'resource "terraform_data" "%s" {\n  provisioner "local-exec" {\n    command = "%s"\n  }\n}\n'
    main = command_of % ("schema", "psql -f schema.sql") + command_of % ("more", "python3 ../migrate.py")
    (service / "infra/main.tf").write_text(main)
    (service / "infra/schema.sql").write_text(TABLE)
    (service / "observed.sql").write_text(TABLE)
    sources = ["--desired", str(service / "infra"), "--observed", str(service / "observed.sql")]
    done = CliRunner().invoke(command, ["check", "--rust", str(service / "desk"), *sources])
    assert done.exit_code == 3
    assert (
        done.stderr == "fleetdrift: main.tf:8: terraform_data.more: not read: the program ../migrate.py is not here\n"
    )
