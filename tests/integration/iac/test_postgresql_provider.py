"""Resources of the PostgreSQL provider declare what the statements that it runs declare, compared as one spec."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from coordinator.iac.load import load_source, read_declaration
from shared.embedded.postgres import EmbeddedPostgres
from shared.postgres.scratch import ScratchServer, compile_known
from shared.schema.canonical import schema_hash
from shared.schema.profile import EVERYTHING, Profile
from shared.schema.schema import told

TABLES = (
    "CREATE SCHEMA s; CREATE TABLE s.a (id int PRIMARY KEY, note text); CREATE TABLE s.b (id serial);\n"
    "CREATE FUNCTION s.f(i int) RETURNS int LANGUAGE sql AS 'select i';\n"
    "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER r FOREIGN DATA WRAPPER w;\n"
)
READ_TABLES = 'resource "terraform_data" "t" {\n  provisioner "local-exec" {\n    command = "psql -f t.sql"\n  }\n}\n'


def grant(**values: str) -> str:
    return resource("postgresql_grant", role='"bob"', database='"d"', **values)


def resource(type_: str, **values: str) -> str:
    lines = "".join(f"  {name} = {value}\n" for name, value in values.items())
    return f'resource "{type_}" "x" {{\n{lines}}}\n'


SELECT = '["SELECT"]'
CASES = {
    "schema with an owner and policies": (
        (
            'resource "postgresql_schema" "x" {\n  name = "o"\n  owner = "bob"\n'
            "  policy {\n    usage = true\n  }\n"
            '  policy {\n    create_with_grant = true\n    usage = true\n    role = "alice"\n  }\n}\n'
        ),
        (
            "CREATE SCHEMA o AUTHORIZATION bob; GRANT USAGE ON SCHEMA o TO PUBLIC;"
            "GRANT CREATE ON SCHEMA o TO alice WITH GRANT OPTION; GRANT USAGE ON SCHEMA o TO alice;"
        ),
    ),
    "publication with an owner": (
        resource("postgresql_publication", name='"p"', owner='"bob"', publish_via_partition_root_param="true"),
        "CREATE PUBLICATION p WITH (publish_via_partition_root = true); ALTER PUBLICATION p OWNER TO bob;",
    ),
    "server with an owner": (
        resource("postgresql_server", server_name='"q"', fdw_name='"w"', server_owner='"bob"'),
        "CREATE SERVER q FOREIGN DATA WRAPPER w; ALTER SERVER q OWNER TO bob;",
    ),
    "user mapping": (
        resource(
            "postgresql_user_mapping",
            user_name='"bob"',
            server_name='"r"',
            options='{ user = "remote", password = random_password.p.result }',
        )
        + 'resource "random_password" "p" {\n  length = 8\n}\n',
        "CREATE USER MAPPING FOR bob SERVER r OPTIONS (user 'remote', password 'x');",
    ),
    "public user mapping": (
        resource("postgresql_user_mapping", user_name='"public"', server_name='"r"'),
        "CREATE USER MAPPING FOR PUBLIC SERVER r;",
    ),
    "grant on all tables": (
        grant(schema='"s"', object_type='"table"', privileges='["SELECT", "INSERT"]', with_grant_option="true"),
        "GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA s TO bob WITH GRANT OPTION;",
    ),
    "grant on one table": (
        grant(schema='"s"', object_type='"table"', objects='["a"]', privileges='["ALL"]'),
        "GRANT ALL ON s.a TO bob;",
    ),
    "grant on a column": (
        grant(schema='"s"', object_type='"column"', objects='["a"]', columns='["id", "note"]', privileges=SELECT),
        "GRANT SELECT (id, note) ON s.a TO bob;",
    ),
    "grant on sequences": (
        grant(schema='"s"', object_type='"sequence"', privileges='["USAGE"]'),
        "GRANT USAGE ON SEQUENCE s.b_id_seq TO bob;",
    ),
    "grant on a function": (
        grant(schema='"s"', object_type='"function"', objects='["f(int)"]', privileges='["EXECUTE"]'),
        "GRANT EXECUTE ON FUNCTION s.f(int) TO bob;",
    ),
    "nothing for the public": (
        resource(
            "postgresql_grant",
            role='"public"',
            database='"d"',
            schema='"s"',
            object_type='"routine"',
            privileges="[]",
        ),
        "REVOKE ALL ON FUNCTION s.f(int) FROM PUBLIC;",
    ),
    "grant on a schema": (
        grant(schema='"s"', object_type='"schema"', privileges='["USAGE"]'),
        "GRANT USAGE ON SCHEMA s TO bob;",
    ),
    "grant on a foreign server": (
        grant(object_type='"foreign_server"', objects='["r"]', privileges='["USAGE"]'),
        "GRANT USAGE ON FOREIGN SERVER r TO bob;",
    ),
    "grant on a foreign data wrapper": (
        grant(object_type='"foreign_data_wrapper"', objects='["w"]', privileges='["USAGE"]'),
        "GRANT USAGE ON FOREIGN DATA WRAPPER w TO bob;",
    ),
    "default privileges": (
        resource(
            "postgresql_default_privileges",
            role='"bob"',
            database='"d"',
            schema='"s"',
            owner='"alice"',
            object_type='"table"',
            privileges=SELECT,
            with_grant_option="true",
        ),
        "ALTER DEFAULT PRIVILEGES FOR ROLE alice IN SCHEMA s GRANT SELECT ON TABLES TO bob WITH GRANT OPTION;",
    ),
    "default privileges taken away": (
        resource(
            "postgresql_default_privileges",
            role='"public"',
            database='"d"',
            owner='"alice"',
            object_type='"function"',
            privileges="[]",
        ),
        "ALTER DEFAULT PRIVILEGES FOR ROLE alice REVOKE ALL ON FUNCTIONS FROM PUBLIC;",
    ),
}


def prints(postgres: EmbeddedPostgres, path: Path, profile: Profile) -> str:
    source = load_source(path)
    assert [told(carrier) for carrier in source.unread] == []
    return schema_hash(asyncio.run(compile_known(ScratchServer(postgres.dsn()), source, profile)).schema)


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / name.replace("_", ".")).write_text(text, "utf-8")
    return folder


@pytest.mark.parametrize("case", list(CASES))
def test_a_resource_has_the_fingerprint_of_its_sql(case: str, postgres: EmbeddedPostgres, tmp_path: Path) -> None:
    declared, sql = CASES[case]
    # The grants come first in the text: they reach what is made after them all the same.
    infra, plain = tmp_path / "infra", tmp_path / "plain.sql"
    infra.mkdir()
    table = "depends_on = [terraform_data.t]\n}\n" if '"postgresql_grant"' not in declared else "}\n"
    write(infra, main_tf=declared.replace("\n}\n", f"\n{table}", 1) + READ_TABLES, t_sql=TABLES)
    plain.write_text(TABLES + sql, "utf-8")
    assert prints(postgres, infra, EVERYTHING) == prints(postgres, plain, EVERYTHING)
    plain.write_text(TABLES, "utf-8")
    assert prints(postgres, infra, EVERYTHING) != prints(postgres, plain, EVERYTHING)


def unread(tmp_path: Path, main: str) -> list[str]:
    reading = read_declaration(write(tmp_path, main_tf=main + READ_TABLES, t_sql=TABLES))
    return [told(each) for each in reading.carriers if each.reason]


@pytest.mark.parametrize(
    ("main", "reason"),
    [
        (resource("postgresql_role", name='"r"'), "roles are the server's, not a schema's, and are not compared"),
        (
            resource("postgresql_grant_role", role='"r"', grant_role='"q"'),
            "memberships of roles are the server's, not a schema's, and are not compared",
        ),
        (
            resource("postgresql_physical_replication_slot", name='"r"'),
            "replication slots are the server's, not a schema's, and are not compared",
        ),
        (
            resource("postgresql_subscription", name='"r"', conninfo='"host=x"', publications='["p"]'),
            "a subscription connects to its publisher, so the scratch server makes none",
        ),
        (
            grant(object_type='"database"', privileges='["CONNECT"]'),
            "privileges on a database are not a schema's, and are not compared",
        ),
        (grant(object_type='"table"', privileges=SELECT), "the provider refuses a grant without `schema`"),
        (
            grant(schema='"empty"', object_type='"table"', privileges=SELECT),
            "it grants on every table of 'empty', and none is declared there",
        ),
        (
            resource("postgresql_security_label", object_type='"role"', label='"x"'),
            "the scratch server has no provider of security labels",
        ),
    ],
)
def test_what_is_not_read_of_the_provider_is_said(main: str, reason: str, tmp_path: Path) -> None:
    if "empty" in main:  # a name without a namespace may be in any
        main = main.replace("empty", "other")
        reason = reason.replace("empty", "other")
    (said,) = unread(tmp_path, main)
    assert said.endswith(f"read: {reason}")


def test_an_unknown_part_of_a_grant_leaves_only_privileges_open(tmp_path: Path) -> None:
    main = grant(schema='"s"', object_type='"table"', privileges="var.p") + 'variable "p" {}\n'
    reading = read_declaration(write(tmp_path, main_tf=main + READ_TABLES, t_sql=TABLES))
    assert {each.may.kinds for each in reading.carriers if each.reason} == {("privileges",)}


def test_an_unknown_version_of_an_extension_does_not_lose_the_extension(tmp_path: Path) -> None:
    main = 'variable "v" {}\n' + resource("postgresql_extension", name='"citext"', version="var.v")
    source = load_source(write(tmp_path, main_tf=main))
    assert [item.sql for item in source.declarations] == ['CREATE EXTENSION IF NOT EXISTS "citext"']
    (carrier,) = source.unread
    assert (carrier.may.kinds, carrier.may.objects[0].name) == (("extension",), "citext")


def test_keys_of_grants_and_extensions_are_no_tenants(tmp_path: Path) -> None:
    main = (
        'resource "postgresql_extension" "e" {\n  for_each = toset(["citext", "pg_trgm"])\n  name = each.key\n}\n'
        'resource "postgresql_grant" "g" {\n  for_each = toset(["reader", "writer"])\n  database = "d"\n'
        '  schema = "s"\n  object_type = "table"\n  role = each.key\n  privileges = ["SELECT"]\n}\n'
    )
    assert read_declaration(write(tmp_path, main_tf=main + READ_TABLES, t_sql=TABLES)).tenants == ()


def test_grants_of_tenants_are_theirs(tmp_path: Path) -> None:
    main = (
        'resource "postgresql_schema" "s" {\n  for_each = toset(["acme", "beta"])\n  name = each.key\n}\n'
        'resource "postgresql_grant" "g" {\n  for_each = toset(["acme", "beta"])\n  database = "d"\n'
        '  schema = each.key\n  object_type = "schema"\n  role = "${each.key}_app"\n  privileges = ["USAGE"]\n}\n'
    )
    reading = read_declaration(write(tmp_path, main_tf=main))
    assert [piece.tenant for piece in reading.pieces] == ["acme", "beta", "acme", "beta"]


def test_what_no_scratch_server_makes_is_said_and_loses_nothing_else(
    postgres: EmbeddedPostgres, tmp_path: Path
) -> None:
    sql = (
        "CREATE TABLE a (id int);\n"
        "ALTER DEFAULT PRIVILEGES FOR ROLE postgres GRANT SELECT ON TABLES TO bob;\n"
        "CREATE SUBSCRIPTION s CONNECTION 'host=x' PUBLICATION p;\n"
        "SECURITY LABEL FOR selinux ON TABLE a IS 'x';\n"
        "GRANT CONNECT ON DATABASE app TO bob;\n"
    )
    (tmp_path / "a.sql").write_text(sql, "utf-8")
    source = load_source(tmp_path / "a.sql")
    assert source.unchecked == ("a.sql:5: GRANT ON DATABASE is not about a tenant's schema and was left out",)
    spec = asyncio.run(compile_known(ScratchServer(postgres.dsn()), source, EVERYTHING))
    assert [item.name for item in spec.schema if item.kind == "table"] == ["a"]
    assert [(str(each.origin), each.may.kinds[-1], each.reason) for each in spec.source.unread] == [
        (
            "a.sql:2",
            "default_privileges",
            "the scratch server refuses it: permission denied to change default privileges",
        ),
        ("a.sql:3", "subscription", "the scratch server refuses it: permission denied to create subscription"),
        (
            "a.sql:4",
            "security_label",
            'the scratch server refuses it: security label provider "selinux" is not loaded',
        ),
    ]
