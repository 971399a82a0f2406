"""Tenants that are namespaces of one database: equal tenants are equal whatever they are called."""

from __future__ import annotations

import asyncio

import pytest

from shared.postgres.connection import connect_url
from shared.postgres.reading.introspect import read_snapshot
from shared.postgres.scratch import ScratchServer, materialise
from shared.schema.canonical import canonical_json, schema_hash
from shared.schema.profile import Profile
from tests.hostile import HOSTILE_NAMES

TENANT = """
CREATE SCHEMA {name};
CREATE TYPE {name}.mood AS ENUM ('ok', 'app.', 'sad');
CREATE TABLE {name}.people (id serial PRIMARY KEY, mood {name}.mood DEFAULT 'ok', boss int REFERENCES {name}.people);
CREATE INDEX by_mood ON {name}.people (mood) WHERE mood <> 'sad';
CREATE FUNCTION {name}.count_all() RETURNS bigint LANGUAGE sql SET search_path = {name}, public AS
    $body$SELECT count(*) FROM {name}.people -- a comment with a quote ' in it
    $body$;
CREATE VIEW {name}.happy AS SELECT id, 'app.people' AS label FROM {name}.people WHERE mood = 'ok'::{name}.mood;
CREATE FUNCTION {name}.touch() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN new; END$$;
CREATE TRIGGER touched BEFORE UPDATE ON {name}.people FOR EACH ROW EXECUTE FUNCTION {name}.touch();
"""
NAMES = ("app", "application", "people", "Mixed Case", "select", *HOSTILE_NAMES)


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


@pytest.fixture(scope="module")
def snapshots(databases):
    """One snapshot per namespace of one database."""

    async def read(connection):
        # Before 16 a view's definition qualifies each column by its table, even where there is only one, so what stands
        # before the dot may be a table or a namespace: a tenant called like one of its tables is a known limit there.
        ambiguous = {"people"} if connection.get_server_version().major < 16 else set()
        return {name: await read_snapshot(connection, namespace=name) for name in NAMES if name not in ambiguous}

    return databases.use("".join(TENANT.replace("{name}", quoted(name)) for name in NAMES), read)


def test_equal_namespaces_are_one_shape_and_one_fingerprint(snapshots):
    assert {schema_hash(snapshot.schema) for snapshot in snapshots.values()} == {schema_hash(snapshots["app"].schema)}
    assert {snapshot.fingerprint for snapshot in snapshots.values()} == {snapshots["app"].fingerprint}


@pytest.mark.parametrize("name", ["Mixed Case", "application", *HOSTILE_NAMES[:3]])
def test_a_tenants_name_is_nowhere_in_its_schema(snapshots, name):
    text = canonical_json(snapshots[name].schema).decode()
    assert name not in text.replace("app.people", "").replace("app.", "")


def test_text_that_only_looks_like_the_namespace_is_left_alone(snapshots):
    objects = {item.name: item for item in snapshots["app"].schema if item.kind in ("enum_type", "view")}
    assert objects["mood"].labels == ("ok", "app.", "sad")
    assert "'app.people'" in objects["happy"].definition
    assert '"{tenant}".people' in objects["happy"].definition


def test_one_namespace_is_read_and_no_other(snapshots):
    assert {item.namespace for item in snapshots["app"].schema} == {"", "{tenant}"}
    assert [item.name for item in snapshots["app"].schema if item.kind == "namespace"] == ["{tenant}"]


def test_a_namespace_that_differs_has_another_fingerprint(databases, snapshots):
    changed = TENANT.replace("{name}", "app") + "ALTER TABLE app.people ADD extra int;"
    assert databases.snapshot(changed, namespace="app").fingerprint != snapshots["app"].fingerprint


def test_a_namespaces_shape_can_be_rebuilt_and_is_the_same_shape(scratch: ScratchServer, snapshots):
    async def rebuild():
        async with scratch.database() as copy:
            await materialise(copy, snapshots["app"])
            return await copy.read(Profile())

    rebuilt = asyncio.run(rebuild())
    wanted = list(snapshots["app"].schema)
    assert [item for item in rebuilt.schema if item.identity.name != "public"] == wanted


def test_two_urls_of_one_database_give_one_snapshot(memory_server):
    async def read():
        connection = await connect_url(memory_server.dsn())
        try:
            return await read_snapshot(connection), await read_snapshot(connection)
        finally:
            await connection.close()

    one, two = asyncio.run(read())
    assert one == two
