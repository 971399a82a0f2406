"""Every kind of the model is read on every server version, and nothing is left unread in silence."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from shared.embedded.postgres import EmbeddedPostgres
from shared.kinds import RECORDS
from shared.postgres.connection import connect_url
from shared.postgres.reading.introspect import read_snapshot
from shared.schema.base import Facet
from shared.schema.canonical import canonical_json, schema_hash, snapshot_name
from shared.schema.identity import ObjectId
from shared.schema.model import FACETS, KINDS
from shared.schema.profile import EVERYTHING, Profile
from tests.fingerprints import read_fingerprint
from tests.servers import NEWEST, OLDER, server_binaries

EVERY_KIND = (Path(__file__).parent / "everything.sql").read_text()
FACETED = """
CREATE ROLE reader; CREATE ROLE keeper;
GRANT SELECT ON app.people TO reader WITH GRANT OPTION;
GRANT SELECT (note) ON app.people TO keeper;
ALTER DEFAULT PRIVILEGES IN SCHEMA app GRANT SELECT ON TABLES TO reader;
ALTER TABLE app.linked OWNER TO keeper;
COMMENT ON TABLE app.people IS 'who'; COMMENT ON COLUMN app.names.id IS 'of a view'; COMMENT ON FUNCTION app.f IS 'f';
ALTER DATABASE postgres SET work_mem = '5MB';
"""


@pytest.fixture(scope="module", params=[*OLDER, NEWEST])
def read_everything(request):
    """The whole script on one server version: snapshot, and fingerprints with and without facets."""
    with EmbeddedPostgres(server_binaries(request.param), in_memory=True, settings=("wal_level=logical",)) as server:

        async def read():
            connection = await connect_url(server.dsn())
            await connection.execute(EVERY_KIND.split("CREATE SUBSCRIPTION", maxsplit=1)[0])
            await connection.execute("CREATE SUBSCRIPTION" + EVERY_KIND.split("CREATE SUBSCRIPTION", maxsplit=1)[1])
            await connection.execute(FACETED)
            try:
                return (
                    await read_snapshot(connection, profile=EVERYTHING),
                    await read_fingerprint(connection, profile=EVERYTHING),
                    await read_snapshot(connection),
                    await read_fingerprint(connection),
                )
            finally:
                await connection.close()

        yield request.param, asyncio.run(read())


def test_a_facet_is_said_only_about_kinds_whose_record_says_that_they_carry_it(read_everything):
    _, (snapshot, *_) = read_everything
    said = {(item.kind, item.of) for item in snapshot.schema if isinstance(item, Facet)}
    assert said
    assert not {(facet, of) for facet, of in said if facet not in RECORDS[of].carries}


def test_every_kind_of_the_model_is_read(read_everything):
    _, (snapshot, *_) = read_everything
    wanted = set(KINDS) - {"security_label"}  # needs a label provider, which no server has built in
    assert wanted - {item.kind for item in snapshot.schema} == set()


def test_nothing_is_left_unread(read_everything):
    _, (snapshot, *_) = read_everything
    assert snapshot.unmodelled == ()


def test_facets_are_read_only_when_asked_for(read_everything):
    _, (_, _, plain, _) = read_everything
    assert not {item.kind for item in plain.schema} & FACETS


def test_a_snapshot_is_named_by_what_the_reader_read_and_the_server_counts_the_same(read_everything):
    _, (snapshot, named, plain, plainly_named) = read_everything
    assert snapshot.fingerprint == snapshot_name(snapshot)
    assert plain.fingerprint == snapshot_name(plain) != snapshot.fingerprint
    assert named.hex != plainly_named.hex
    assert named.rows == len(snapshot.schema.objects)


def test_no_secret_is_read(read_everything):
    _, (snapshot, *_) = read_everything
    assert b"canary" not in canonical_json(snapshot)


def test_majors_differ_only_where_postgresql_does(read_everything):
    major, (_, _, plain, _) = read_everything
    assert plain.server_version // 10000 == major
    sequence = plain.schema.by_identity()[ObjectId(kind="sequence", namespace="app", name="people_number_seq")]
    assert (sequence.start, sequence.increment, sequence.identity_of_column) == (5, 3, True)


DEPENDENCIES = {
    ("view app.names", "column app.people.name"),
    ("index app.by_name", "column app.people.mood"),
    ("constraint app.linked.linked_b_fkey", "constraint app.people.people_pkey"),
    ("column app.people.mood", "enum type app.mood"),
    ("column app.people.id", "sequence app.people_id_seq"),
    ("sequence app.people_id_seq", "column app.people.id"),
    ("trigger app.people.changed", "routine app.on_change"),
    ("policy app.people.own", "column app.people.id"),
    ("rule app.names.nothing", "view app.names"),
    ("view column app.names.id", "view app.names"),
    ("foreign table app.remote", "foreign server far"),
    ("foreign server far", "foreign data wrapper wrap"),
    ("publication changes", "table app.people"),
    ("table app.parted_1", "table app.parted"),
    ("table app.child", "table app.people"),
    ("table app.typed", "composite type app.pair"),
    ("index app.one_of_kept", "materialized view app.kept"),
    ("operator class app.odd(btree)", "operator app.===(integer, integer)"),
    ("cast (app.mood AS integer)", "routine app.number_of(app.mood)"),
    ("domain constraint app.posint.positive", "domain type app.posint"),
    ("event trigger watch", "routine app.on_ddl"),
    ("statistics object app.correlated", "column app.people.name"),
    ("extension hstore", "namespace public"),
    ("table app.people", "namespace app"),
}


def test_dependencies_lead_through_what_the_model_does_not_show(read_everything):
    _, (_, _, plain, _) = read_everything
    found = {(str(edge.dependent), str(edge.referenced)) for edge in plain.dependencies}
    assert DEPENDENCIES - found == set()


def test_the_shape_of_one_script_does_not_depend_on_when_it_is_read(databases):
    script = EVERY_KIND.split("CREATE SUBSCRIPTION", maxsplit=1)[0]
    shapes = {schema_hash(databases.snapshot(script, profile=Profile()).schema) for _ in range(2)}
    assert len(shapes) == 1
