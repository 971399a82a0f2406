"""Which resources carry SQL, whose it is, and which version it declares."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from coordinator.iac.load import load_source
from coordinator.iac.source import SourceError
from shared.schema.schema import SpecSource, told


def load(folder: Path, main: str, tenant: str = "", **files: str) -> SpecSource:
    (folder / ".git").mkdir(exist_ok=True)
    root = folder / "infra"
    root.mkdir(exist_ok=True)
    (root / "main.tf").write_text(main, "utf-8")
    for name, text in files.items():
        path = folder / re.sub(r"_sql$", ".sql", name.replace("__", "/"))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return load_source(root, tenant=tenant)


def shown(source: SpecSource) -> list[str]:
    return [f"{item.origin} {item.sql}" for item in source.declarations]


def test_sql_migrate_declares_what_its_migrations_do_and_not_what_undoes_them(tmp_path: Path) -> None:
    source = load(
        tmp_path,
        'resource "sql_migrate" "db" {\n  migration {\n    id = "1"\n    up = file("${path.module}/../sql/a.sql")\n'
        '    down = "DROP TABLE a;"\n  }\n  migration {\n    id = "2"\n    up = <<-SQL\n'
        "      -- x\n      CREATE TABLE b ();\n    SQL\n  }\n}\n",
        sql__a_sql="\nCREATE TABLE a ();\n",
    )
    assert shown(source) == ["../sql/a.sql:2 CREATE TABLE a ()", "main.tf:11 CREATE TABLE b ()"]
    assert source.declarations[0].origin.address == "sql_migrate.db"


def test_text_keeps_its_place_through_locals_join_and_for(tmp_path: Path) -> None:
    source = load(
        tmp_path,
        'locals {\n  files = sort(tolist(fileset("${path.module}/../sql", "*.sql")))\n'
        '  sql = join("\\n", [for f in local.files : trimspace(file("${path.module}/../sql/${f}"))])\n}\n'
        'resource "terraform_data" "s" {\n  input = { sql = local.sql }\n}\n',
        sql__a_sql="\n\nCREATE TABLE a ();\nCREATE INDEX ai ON a (x);\n",
        sql__b_sql="CREATE TABLE b ();\n",
    )
    assert shown(source) == [
        "../sql/a.sql:3 CREATE TABLE a ()",
        "../sql/a.sql:4 CREATE INDEX ai ON a (x)",
        "../sql/b.sql:1 CREATE TABLE b ()",
    ]


def test_a_for_each_over_tenants_is_one_declaration_when_all_say_the_same(tmp_path: Path) -> None:
    source = load(
        tmp_path,
        'resource "sql_migrate" "db" {\n  for_each = toset(["acme-1", "beta"])\n  migration {\n    id = "1"\n'
        '    up = "CREATE TABLE tenant_${replace(each.key, "-", "_")}.a (t text DEFAULT \'${each.key}\')"\n  }\n}\n',
    )
    assert source.tenants == ("acme-1", "beta")
    assert [item.sql for item in source.declarations] == ["CREATE TABLE tenant_acme_1.a (t text DEFAULT 'acme-1')"]


DIFFERENT = (
    'resource "sql_migrate" "db" {\n  for_each = { acme = "x int", beta = "x text" }\n  migration {\n    id = "1"\n'
    '    up = "CREATE TABLE a (id int); CREATE TABLE b (${each.value})"\n  }\n}\n'
)


def test_tenants_that_are_declared_differently_must_be_chosen(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as refused:
        load(tmp_path, DIFFERENT)
    assert str(refused.value) == (
        "main.tf:5: tenants 'acme' and 'beta' are declared differently from here on; choose one tenant"
    )
    assert [item.sql for item in load(tmp_path, DIFFERENT, tenant="beta").declarations][1] == "CREATE TABLE b (x text)"
    with pytest.raises(SourceError, match="declares no tenant 'gamma'"):
        load(tmp_path, DIFFERENT, tenant="gamma")


def test_a_for_each_over_files_is_no_for_each_over_tenants(tmp_path: Path) -> None:
    source = load(
        tmp_path,
        'resource "terraform_data" "s" {\n  for_each = fileset("${path.module}/../sql", "*.sql")\n'
        '  input = { sql = file("${path.module}/../sql/${each.key}") }\n}\n',
        sql__a_sql="CREATE TABLE a ();",
        sql__b_sql="CREATE TABLE b ();",
    )
    assert source.tenants == ()
    assert [item.sql for item in source.declarations] == ["CREATE TABLE a ()", "CREATE TABLE b ()"]


def test_modules_for_tenants_name_them_by_the_innermost_key(tmp_path: Path) -> None:
    source = load(
        tmp_path,
        'module "tenant" {\n  for_each = toset(["acme", "beta"])\n  source = "./tenant"\n  name = each.key\n}\n',
        **{
            "infra__tenant__main.tf": 'variable "name" {}\nresource "postgresql_schema" "s" {\n  name = "app"\n}\n'
            'resource "sql_migrate" "db" {\n  migration {\n    id = "1"\n    up = "CREATE TABLE app.a ()"\n  }\n}\n'
        },
    )
    assert source.tenants == ("acme", "beta")
    assert shown(source) == [
        'tenant/main.tf:2 CREATE SCHEMA IF NOT EXISTS "app"',
        "tenant/main.tf:8 CREATE TABLE app.a ()",
    ]


def test_provider_objects_are_declared_once_however_many_tenants_have_them(tmp_path: Path) -> None:
    source = load(
        tmp_path,
        'resource "postgresql_extension" "e" {\n  for_each = { for p in setproduct(["a", "b"], ["citext", "pg_trgm"]) :'
        ' join("/", p) => p[1] }\n  name = each.value\n  schema = "ext"\n}\n',
    )
    assert sorted(item.sql for item in source.declarations) == [
        'CREATE EXTENSION IF NOT EXISTS "citext" SCHEMA "ext"',
        'CREATE EXTENSION IF NOT EXISTS "pg_trgm" SCHEMA "ext"',
    ]


def test_resources_run_in_the_order_of_their_references(tmp_path: Path) -> None:
    source = load(
        tmp_path,
        'resource "terraform_data" "b" {\n  depends_on = [terraform_data.a]\n'
        '  input = { sql = "CREATE TABLE b ()" }\n}\n'
        'resource "terraform_data" "a" {\n  input = { sql = "CREATE TABLE a ()" }\n}\n',
    )
    assert [item.sql for item in source.declarations] == ["CREATE TABLE a ()", "CREATE TABLE b ()"]


def test_a_folder_of_migrations_named_by_a_resource_gives_its_version(tmp_path: Path) -> None:
    main = 'resource "atlas_migration" "m" {\n  dir = "file://../migrations"\n  url = "postgres://db/x"\n%s}\n'
    files = {"migrations__20240101_sql": "CREATE TABLE a ();", "migrations__20240102_sql": "CREATE TABLE b ();"}
    source = load(tmp_path, main % "", **files)
    assert (source.expected_version, len(source.declarations)) == ("20240102", 2)
    pinned = load(tmp_path, main % '  version = "20240101"\n', **files)
    assert (pinned.expected_version, len(pinned.declarations)) == ("20240101", 1)


@pytest.mark.parametrize(
    ("main", "version"),
    [
        ('output "schema_version" {\n  value = 7\n}\n', "7"),
        ('locals {\n  expected_schema_version = "2024"\n  schema_version = "1"\n}\n', "2024"),
        ('variable "schema_version" {\n  default = "5"\n}\n', "5"),
        ("", ""),
    ],
)
def test_the_expected_version_is_found_by_its_name(main: str, version: str, tmp_path: Path) -> None:
    carrier = 'resource "terraform_data" "s" {\n  input = { sql = "CREATE TABLE a ()" }\n}\n'
    assert load(tmp_path, main + carrier).expected_version == version


def test_what_is_known_only_after_apply_is_said_not_guessed(tmp_path: Path) -> None:
    source = load(
        tmp_path,
        'resource "terraform_data" "s" {\n  input = { sql = "CREATE TABLE a ()" }\n}\n'
        'resource "terraform_data" "t" {\n  input = { ddl = "CREATE TABLE ${terraform_data.s.id} ()" }\n}\n'
        'resource "postgresql_role" "r" {\n  name = "r"\n}\n'
        'module "m" {\n  source = "registry/x/y"\n}\n',
    )
    assert [item.sql for item in source.declarations] == ["CREATE TABLE a ()"]
    assert [told(carrier) for carrier in source.unread] == [
        "main.tf:11: module.m: not read: it comes from 'registry/x/y', which is not a local folder",
        "main.tf:7: postgresql_role.r: not read: roles are the server's, not a schema's, and are not compared",
        "main.tf:5: terraform_data.t: not read: a part of this statement is known only after apply",
    ]


def test_a_configuration_without_sql_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="declares no SQL that can be read"):
        load(tmp_path, 'resource "aws_s3_bucket" "b" {\n  bucket = "select"\n}\n')


def test_sql_that_does_not_parse_is_refused_at_its_own_line(tmp_path: Path) -> None:
    main = 'resource "sql_migrate" "db" {\n  migration {\n    id = "1"\n    up = file("../a.sql")\n  }\n}\n'
    with pytest.raises(SourceError, match=r'^\.\./a\.sql:2: SQL syntax error at or near "TABEL"'):
        load(tmp_path, main, a_sql="CREATE TABLE a ();\nCREATE TABEL b ();\n")


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("../../outside.sql", "leads out of the folder that may be read"),
        ("/etc/passwd", "leads out of the folder that may be read"),
        ("../link.sql", "leads out of the folder that may be read"),
        ("../gone.sql", "no such file"),
    ],
)
def test_files_outside_the_repository_are_refused(path: str, message: str, tmp_path: Path) -> None:
    repository = tmp_path / "repository"
    repository.mkdir()
    (tmp_path / "outside.sql").write_text("CREATE TABLE secret ();")
    (repository / "link.sql").symlink_to(tmp_path / "outside.sql")
    main = f'resource "sql_migrate" "db" {{\n  migration {{\n    id = "1"\n    up = file("{path}")\n  }}\n}}\n'
    with pytest.raises(SourceError, match=message) as refused:
        load(repository, main)
    assert (refused.value.file, refused.value.line) == ("main.tf", 4)
    assert "secret" not in str(refused.value)


def test_variables_are_given_as_strings_or_as_values(tmp_path: Path) -> None:
    load(
        tmp_path,
        'variable "tables" {\n  type = list(string)\n  default = ["x"]\n}\nresource "terraform_data" "s" {\n'
        '  input = { sql = [for t in var.tables : "CREATE TABLE ${t} ()"] }\n}\n',
    )
    for given in ('["a", "b"]', ["a", "b"]):
        source = load_source(tmp_path / "infra", variables={"tables": given})
        assert [item.sql for item in source.declarations] == ["CREATE TABLE a ()", "CREATE TABLE b ()"]


def test_a_property_that_is_meant_as_sql_and_is_none_is_said_with_its_place(tmp_path: Path) -> None:
    source = load(
        tmp_path,
        'resource "terraform_data" "s" {\n  input = { sql = "CREATE TABLE a ()" }\n}\n'
        'resource "custom_thing" "t" {\n  sql = "CRATE TABLE b (id int)"\n}\n'
        'resource "custom_thing" "u" {\n  statements = ["CREATE TABEL c ();\\nALTER TABLE c ADD i int"]\n}\n'
        'resource "custom_thing" "v" {\n  up = "the table is up"\n  statements = ["s3:Get* on any table there"]\n}\n'
        'resource "snowflake_execute" "w" {\n  sql = "CREATE TABLE d (v variant) CLUSTER BY (v)"\n}\n',
    )
    assert [told(carrier) for carrier in source.unread] == [
        ('main.tf:5: custom_thing.t: not read: sql holds no SQL that can be read: SQL syntax error at or near "CRATE"'),
        (
            "main.tf:8: custom_thing.u: not read: statements holds no SQL that can be read: "
            'SQL syntax error at or near "TABEL"'
        ),
    ]
