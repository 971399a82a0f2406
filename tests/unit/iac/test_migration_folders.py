"""Folders of `.sql`: in the order people mean, up parts only, the newest version known."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

import pytest

from coordinator.iac.ladder import ladder_of
from coordinator.iac.load import load_source, read_declaration
from coordinator.iac.source import SourceError
from coordinator.iac.sql.folders import read_folder


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


def tables(folder: Path) -> list[str]:
    return [item.sql.split()[2] for item in load_source(folder).declarations]


def test_a_plain_folder_is_read_in_natural_order_with_its_folders(tmp_path: Path) -> None:
    write(tmp_path, {f"{n}.sql": f"CREATE TABLE {t} ();" for n, t in (("10_c", "c"), ("2_b", "b"), ("1/a", "a"))})
    assert tables(tmp_path) == ["a", "b", "c"]
    assert load_source(tmp_path).expected_version == ""
    assert [str(item.origin) for item in load_source(tmp_path).declarations] == ["1/a.sql:1", "2_b.sql:1", "10_c.sql:1"]


@pytest.mark.parametrize(
    ("files", "order", "version"),
    [
        pytest.param(
            {"20240102_b.sql": "b", "20240101_a.sql": "a"}, ["a", "b"], "20240102", id="sqlx"
        ),
        pytest.param(
            {"1_a.up.sql": "a", "1_a.down.sql": "-", "10_b.up.sql": "b", "10_b.down.sql": "-"}, ["a", "b"], "10",
            id="golang-migrate",
        ),
        pytest.param(
            {"V2__b.sql": "b", "V1.1__a.sql": "a", "U2__b.sql": "-", "R__v.sql": "z", "V2_1__c.sql": "c"},
            ["a", "b", "c", "z"], "2.1", id="flyway",
        ),
        pytest.param({"V10__b.sql": "b", "V9__a.sql": "a"}, ["a", "b"], "10", id="refinery"),
        pytest.param(
            {"2024-01-02-000000_b/up.sql": "b", "2024-01-02-000000_b/down.sql": "-", "00000000000000_a/up.sql": "a"},
            ["a", "b"], "20240102000000", id="diesel",
        ),
    ],
)  # fmt: skip
def test_a_migration_tools_folder_is_recognised(
    files: dict[str, str], order: list[str], version: str, tmp_path: Path
) -> None:
    write(tmp_path, {name: "DROP TABLE x;" if t == "-" else f"CREATE TABLE {t} ();" for name, t in files.items()})
    assert tables(tmp_path) == order
    assert load_source(tmp_path).expected_version == version


@pytest.mark.parametrize(
    "text",
    [
        "-- +goose Up\nCREATE TABLE a ();\n-- +goose Down\nDROP TABLE a;\n",
        "-- migrate:up\nCREATE TABLE a ();\n\n-- migrate:down\nDROP TABLE a;\n",
        (
            "-- +goose Down\nDROP TABLE a;\n-- +goose Up\n-- +goose StatementBegin\nCREATE TABLE a ();\n"
            "-- +goose StatementEnd\n"
        ),
    ],
)
def test_sections_that_undo_are_skipped_and_lines_stay_right(text: str, tmp_path: Path) -> None:
    write(tmp_path / "migrations", {"1_a.sql": text})
    source = load_source(tmp_path / "migrations")
    assert [item.sql for item in source.declarations] == ["CREATE TABLE a ()"]
    assert source.declarations[0].origin.line == text.split("CREATE", maxsplit=1)[0].count("\n") + 1
    assert source.expected_version == "1"


def test_a_short_number_is_only_an_order_outside_a_migrations_folder(tmp_path: Path) -> None:
    files = {"01_a.sql": "CREATE TABLE a ();", "02_b.sql": "CREATE TABLE b ();"}
    assert load_source(write(tmp_path / "schema", files)).expected_version == ""
    assert load_source(write(tmp_path / "migrations", files)).expected_version == "2"


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="gone: there is no such folder"):
        read_folder(tmp_path / "gone", tmp_path)


def test_a_folder_without_sql_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"holds no \.sql file"):
        load_source(tmp_path)


def test_a_symbolic_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    secret = tmp_path / "secret.sql"
    secret.write_text("CREATE TABLE secret ();")
    folder = write(tmp_path / "schema", {"a.sql": "CREATE TABLE a ();"})
    (folder / "b.sql").symlink_to(secret)
    with pytest.raises(SourceError, match="symbolic link that leads out of the folder"):
        load_source(folder)


SUMMED = {
    "20240101000000_a.sql": "create table a(id int);\n",
    "20240102000000_b.sql": "create table b(id int);\n",
    "atlas.sum": (
        "h1:16AK01JQ3oBWhg20t2+MlNYJaZUfgJDqZa4rvOo/xws=\n"
        "20240101000000_a.sql h1:SaGO70HKhoiQ2IvONZKdt4a8ukB2zEnnnQocYrwK52Y=\n"
        "20240102000000_b.sql h1:5Icfuq7saGXV5uMU0jecZUcnMuhhpScV2a5h6ngbd+o=\n"
    ),
}
"""A folder and its sums as Atlas wrote them."""


def test_a_folder_that_fits_its_atlas_sum_is_read(tmp_path: Path) -> None:
    write(tmp_path, SUMMED)
    assert [item.sql for item in load_source(tmp_path).declarations] == [
        "create table a(id int)",
        "create table b(id int)",
    ]
    assert load_source(tmp_path).expected_version == "20240102000000"


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("20240102000000_b.sql", "drop table a;", "atlas.sum:3: '20240102000000_b.sql' is not what it was"),
        ("20240103000000_c.sql", "", "atlas.sum:1: lists 2 files, the folder holds 3"),
        ("20240101500000_c.sql", "", "atlas.sum:3: expected the file '20240102000000_b.sql' next, found '2024010150"),
        ("atlas.sum", SUMMED["atlas.sum"].replace("16AK", "AAAA"), "atlas.sum:1: its own hash does not fit its lines"),
    ],
)
def test_a_folder_that_atlas_would_refuse_is_refused(name: str, text: str, message: str, tmp_path: Path) -> None:
    write(tmp_path, {**SUMMED, name: text})
    with pytest.raises(SourceError) as refused:
        load_source(tmp_path)
    assert str(refused.value).startswith(message)
    assert "Atlas would refuse to apply this folder" in str(refused.value)


def migrations(folder: Path) -> list[tuple[str, str]]:
    found = read_folder(folder, folder)
    return [(migration.step.version, " ".join(migration.file.text.split())) for migration in found.migrations]


@pytest.mark.parametrize(
    ("tool", "files", "versions"),
    [
        ("flyway", {"a/V2__b.sql": "b", "V1.1__a.sql": "a", "U2__b.sql": "-", "R__v.sql": "v"}, ["1.1", "2"]),
        ("flyway", {"V1__a.sql": "a", "B2__all.sql": "all", "V3__c.sql": "c"}, ["2", "3"]),
        ("refinery", {"V1__a.sql": "a", "U2__b.sql": "b"}, ["1", "2"]),
        ("golang-migrate", {"2_b.up.sql": "b", "2_b.down.sql": "-", "10_c.up.sql": "c"}, ["2", "10"]),
        ("goose", {"00002_b.sql": "-- +goose Up\nb", "00010_c.sql": "-- +goose Up\nc"}, ["2", "10"]),
        ("sql-migrate", {"1_a.sql": "-- +migrate Up\na\n-- +migrate Down\n-"}, ["1"]),
        ("dbmate", {"0001_a.sql": "-- migrate:up\na\n-- migrate:down\n-"}, ["0001"]),
        ("prisma", {"20240101000000_a/migration.sql": "a", "20240102000000_b/migration.sql": "b"}, None),
        ("diesel", {"2024-01-02-000000_b/up.sql": "b", "00000000000000_a/up.sql": "a"}, None),
        ("numbered", {"20240101_a.sql": "a", "20240102_b.sql": "b"}, None),
    ],
)
def test_each_version_of_a_tools_folder_has_its_sql(
    tool: str, files: dict[str, str], versions: list[str] | None, tmp_path: Path
) -> None:
    found = read_folder(write(tmp_path, files), tmp_path)
    assert found.tool == tool
    got = [migration.step.version for migration in found.migrations]
    assert got == versions or (versions is None and got == sorted(got, key=int))
    assert all("-" not in migration.file.text.replace("--", "").split() for migration in found.migrations)
    assert found.steps(got[0]) == ((found.migrations[0].step, found.migrations[0].file),)
    assert found.steps("") == found.steps("unknown")


def test_change_sets_of_liquibase_are_versions_and_those_of_other_databases_are_left_out(tmp_path: Path) -> None:
    text = """\
--liquibase formatted sql
--property name:t value:orders
--changeset ann:1 splitStatements:false
CREATE TABLE ${t} (id int);
--rollback DROP TABLE orders;
--changeset ann:2 dbms:mysql
CREATE TABLE mysql_only (id int);
--changeset bob:3 endDelimiter:/ dbms:postgresql,h2
CREATE TABLE items (id int)
/
"""
    write(tmp_path, {"b.sql": text})
    found = read_folder(tmp_path, tmp_path)
    assert found.tool == "liquibase"
    assert [migration.step.version for migration in found.migrations] == ["ann:1", "bob:3"]
    assert [(item.sql, str(item.origin)) for item in load_source(tmp_path).declarations] == [
        ("CREATE TABLE orders (id int)", "b.sql:4"),
        ("CREATE TABLE items (id int)", "b.sql:9"),
    ]


def test_an_empty_database_begins_with_the_newest_checkpoint(tmp_path: Path) -> None:
    files = {
        "1_a.sql": "CREATE TABLE a ();",
        "2_all.sql": "-- atlas:checkpoint\n\nCREATE TABLE a (); CREATE TABLE b ();",
        "3_c.sql": "CREATE TABLE c ();",
    }
    write(tmp_path, {**files, "atlas.sum": summed(files)})
    assert tables(tmp_path) == ["a", "b", "c"]
    assert [version for version, _ in migrations(tmp_path)] == ["2", "3"]


def summed(files: dict[str, str]) -> str:
    running, lines, whole = hashlib.sha256(), [], hashlib.sha256()
    for name, text in sorted(files.items()):
        running.update(name.encode() + text.encode())
        hashed = base64.b64encode(running.copy().digest()).decode()
        lines.append(f"{name} h1:{hashed}\n")
        whole.update(name.encode() + hashed.encode())
    return f"h1:{base64.b64encode(whole.digest()).decode()}\n" + "".join(lines)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("V2__b.java", "a migration that is a program"),
        ("seed.sql", "not run: its name is not one that Flyway or refinery runs"),
    ],
)
def test_what_a_tool_would_run_and_is_not_read_is_said(name: str, reason: str, tmp_path: Path) -> None:
    write(tmp_path, {"V1__a.sql": "CREATE TABLE a ();", name: "CREATE TABLE z ();"})
    (unread,) = load_source(tmp_path).unread
    assert (unread.address, unread.reason[: len(reason)]) == (name, reason)


def test_a_plain_folder_stays_plain_beside_a_file_with_a_number(tmp_path: Path) -> None:
    write(tmp_path, {"2024_report.sql": "CREATE VIEW r AS SELECT 1;", "schema.sql": "CREATE TABLE a ();"})
    assert read_folder(tmp_path, tmp_path).tool == ""


def test_each_version_has_the_statements_until_it(tmp_path: Path) -> None:
    files = {
        "V1__a.sql": "CREATE TABLE a (); CREATE TABLE b ();",
        "V2__empty.sql": "",
        "V3__c.sql": "CREATE TABLE c ();",
        "R__v.sql": "CREATE VIEW v AS SELECT 1;",
    }
    ladder = ladder_of(read_declaration(write(tmp_path, files)).pieces)
    assert ladder is not None
    assert [(step.version, step.name) for step in ladder.steps] == [("1", "a"), ("2", "empty"), ("3", "c")]
    a, b, c, v = (item.sql for item in ladder.declarations)
    assert [item.sql for item in ladder.up_to("1")] == [a, b]
    assert [item.sql for item in ladder.up_to("2")] == [a, b]
    assert [item.sql for item in ladder.up_to("3")] == [a, b, c, v]
    with pytest.raises(KeyError):
        ladder.up_to("4")


def test_what_is_declared_beside_a_folder_of_migrations_is_part_of_every_version(tmp_path: Path) -> None:
    main = """\
resource "sql_migrate" "before" {
  migration {
    up   = "CREATE TABLE before ();"
    down = ""
  }
}
resource "sql_migrate_directory" "m" {
  path       = "migrations"
  depends_on = [sql_migrate.before]
}
resource "sql_migrate" "after" {
  depends_on = [sql_migrate_directory.m]
  migration {
    up   = "CREATE TABLE after ();"
    down = ""
  }
}
"""
    files = {f"migrations/{n}_{t}.sql": f"CREATE TABLE {t} ();" for n, t in ((1, "a"), (2, "b"))}
    ladder = ladder_of(read_declaration(write(tmp_path, {"main.tf": main, **files})).pieces)
    assert ladder is not None
    assert [item.sql.split()[2] for item in ladder.up_to("1")] == ["before", "a", "after"]
    assert [item.sql.split()[2] for item in ladder.up_to("2")] == ["before", "a", "b", "after"]


def test_files_without_versions_have_no_ladder(tmp_path: Path) -> None:
    assert ladder_of(read_declaration(write(tmp_path, {"a.sql": "CREATE TABLE a ();"})).pieces) is None


def test_a_plain_folder_runs_nothing_that_undoes_a_file_beside_it(tmp_path: Path) -> None:
    files = {
        "m/1_a.up.sql": "CREATE TABLE a ();",
        "m/1_a.down.sql": "DROP TABLE a;",
        "x/down.sql": "CREATE TABLE d ();",
    }
    assert tables(write(tmp_path, files)) == ["a", "d"]


def test_a_placeholder_of_flyway_loses_its_statement_only(tmp_path: Path) -> None:
    text = "CREATE TABLE a ();\nCREATE TABLE b (x text DEFAULT '${who}');\nCREATE TABLE c ();"
    source = load_source(write(tmp_path, {"V1__a.sql": text}))
    assert [item.sql for item in source.declarations] == ["CREATE TABLE a ()", "CREATE TABLE c ()"]
    (unread,) = source.unread
    assert str(unread.origin) == "V1__a.sql:2"


def test_a_folder_of_diesel_takes_any_dashed_version_in_the_order_of_its_text(tmp_path: Path) -> None:
    names = ("2025-11-19-091444-0000_c", "2026-01-02-000000_d", "20140924113530_a", "2019-02-26-002946_b", "notes")
    write(tmp_path, {f"{name}/up.sql": f"CREATE TABLE {name[-1]} ();" for name in names})
    assert tables(tmp_path) == ["a", "b", "c", "d"]
    assert [(place.file, place.reason) for place in read_folder(tmp_path, tmp_path).unread] == [
        ("notes/up.sql", "not run: the name of its folder does not begin with a version, as diesel writes it")
    ]


def test_a_folder_of_other_changelogs_alone_names_one_of_them(tmp_path: Path) -> None:
    (tmp_path / "changelog.xml").write_text("<databaseChangeLog/>")
    with pytest.raises(
        SourceError, match=r"no \.sql file, but changelog\.xml, and migrations that are no SQL are not read"
    ):
        load_source(tmp_path)
