"""A stand-in has the members of the real extension, and a schema that uses it can be made, filled and compared."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from shared.embedded.postgres import Cage, EmbeddedPostgres
from shared.embedded.stand_ins.beside import keep_up, place_beside, program_beside
from shared.embedded.stand_ins.facts import ExtensionFacts, stand_in_facts
from shared.embedded.stand_ins.files import write_stand_ins
from tests.extras.stand_in_facts import read_facts
from tests.servers import server_binaries

USES = """
CREATE EXTENSION pgcrypto;
CREATE EXTENSION "uuid-ossp";
CREATE TABLE a (
    id uuid PRIMARY KEY DEFAULT uuid_generate_v4(),
    token text UNIQUE NOT NULL DEFAULT encode(gen_random_bytes(16), 'hex'),
    secret bytea NOT NULL DEFAULT digest('x', 'sha256'),
    password text NOT NULL DEFAULT crypt('x', gen_salt('bf'))
);
CREATE UNIQUE INDEX hashed ON a (digest(token, 'sha256'));
INSERT INTO a DEFAULT VALUES;
INSERT INTO a DEFAULT VALUES;
"""

PLACES = """
CREATE EXTENSION postgis;
CREATE TABLE places (
    id int PRIMARY KEY,
    at geometry(point, 4326) NOT NULL DEFAULT 'SRID=4326;POINT(0 0)',
    shape geometry(geometry),
    area geography(MULTIPOLYGONZ) DEFAULT 'x',
    near boolean GENERATED ALWAYS AS (ST_DWithin(at, shape, 5)) STORED,
    CHECK (at = at)
);
CREATE INDEX ON places USING gist (at);
CREATE INDEX ON places USING gist (shape gist_geometry_ops_nd);
CREATE INDEX ON places USING gist (area);
CREATE INDEX ON places USING spgist (at);
CREATE INDEX ON places USING brin (at);
CREATE INDEX ON places USING hash (at);
CREATE INDEX ON places (at, id);
CREATE INDEX ON places USING gist (ST_Transform(at, 3857)) WHERE ST_IsValid(at);
INSERT INTO places
    SELECT i, 'POINT(' || i || ' ' || i % 97 || ')', md5(i::text)::bytea::geometry FROM generate_series(1, 3000) AS i;
REINDEX TABLE places;
"""
SPELT = (
    "SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = 'places'::regclass AND atttypmod > 0"
)
PLANS = (
    "SELECT count(*) FROM places WHERE at && ST_MakeEnvelope(0, 0, 1, 1, 4326) OR ST_Intersects(at, shape)",
    "SELECT id FROM places ORDER BY at <-> 'POINT(1 1)' LIMIT 5",
    "SELECT ST_Union(at), ST_Collect(shape) FROM places GROUP BY area",
    "SELECT row_number() OVER (), ST_ClusterDBSCAN(at, 1, 1) OVER () FROM places",
    "SELECT a.id FROM places AS a JOIN places AS b ON a.at = b.at",
    "SELECT srid FROM spatial_ref_sys JOIN geometry_columns USING (srid)",
    "SELECT ST_AsGeoJSON(places.*), (ST_Dump(at)).geom FROM places",
)

COMMENTS = """
SELECT DISTINCT obj_description(objid, 'pg_proc') FROM pg_depend
WHERE deptype = 'e' AND classid = 'pg_proc'::regclass
    AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'pgcrypto')
"""


@pytest.fixture(scope="module")
def caged() -> Iterator[EmbeddedPostgres]:
    with EmbeddedPostgres(in_memory=True, cage=Cage()) as server:
        yield server


@pytest.mark.parametrize("facts", stand_in_facts(), ids=lambda facts: facts.extension)
def test_a_stand_in_has_the_members_of_the_real_extension(caged: EmbeddedPostgres, facts: ExtensionFacts):
    assert asyncio.run(read_facts(caged.dsn(), facts.extension, facts.source)) == facts


def test_what_uses_stand_ins_takes_rows(caged: EmbeddedPostgres):
    async def run() -> int:
        connection = await asyncpg.connect(caged.dsn())
        await connection.execute(USES)
        count = await connection.fetchval("SELECT count(DISTINCT token) FROM a")
        await connection.close()
        return count

    assert asyncio.run(run()) == 2


def test_columns_with_geometries_are_spelt_as_by_postgis_and_their_indexes_take_rows(caged: EmbeddedPostgres):
    async def run() -> tuple[list[str], int]:
        connection = await asyncpg.connect(caged.dsn())
        await connection.execute(PLACES)
        for plan in PLANS:
            await connection.execute(f"EXPLAIN {plan}")
            await connection.execute(plan)
        await connection.execute("SET enable_seqscan = off")
        count = await connection.fetchval("SELECT count(*) FROM places WHERE at = 'POINT(5 5)'")
        spelt = [row[0] for row in await connection.fetch(SPELT)]
        await connection.execute("DROP TABLE places; DROP EXTENSION postgis")
        await connection.close()
        return spelt, count

    spelt, count = asyncio.run(run())
    assert spelt == ["geometry(Point,4326)", "geography(MultiPolygonZ,4326)"]
    assert count == 1


def test_a_modifier_that_the_real_type_refuses_is_refused(caged: EmbeddedPostgres):
    async def run() -> None:
        connection = await asyncpg.connect(caged.dsn())
        await connection.execute("CREATE EXTENSION IF NOT EXISTS postgis")
        try:
            with pytest.raises(asyncpg.InvalidParameterValueError, match='no modifier "pint"'):
                await connection.execute("CREATE TABLE bad (a geometry(pint))")
        finally:
            await connection.execute("DROP EXTENSION postgis")
            await connection.close()

    asyncio.run(run())


@pytest.mark.parametrize("major", [14, 15])
def test_a_server_before_v18_has_stand_ins_for_what_it_lacks_and_keeps_its_own(major: int):
    async def run(dsn: str) -> tuple[list[str], bytes]:
        connection = await asyncpg.connect(dsn)
        await connection.execute(PLACES)
        await connection.execute("CREATE EXTENSION pgcrypto")
        spelt = [row[0] for row in await connection.fetch(SPELT)]
        digest = await connection.fetchval("SELECT digest('a', 'sha256')")
        await connection.close()
        return spelt, digest

    for _ in range(2):  # the second one is a copy of what the first one has kept
        with EmbeddedPostgres(server_binaries(major), in_memory=True, cage=Cage()) as server:
            spelt, digest = asyncio.run(run(server.dsn()))
        assert spelt == ["geometry(Point,4326)", "geography(MultiPolygonZ,4326)"]
        assert digest == hashlib.sha256(b"a").digest()


def test_an_extension_that_is_installed_later_takes_the_place_of_its_stand_in(tmp_path: Path):
    installation, folder = tmp_path / "installed", tmp_path / "stand_ins"
    for each in ("bin", "lib", "share/extension"):
        (installation / each).mkdir(parents=True)
    (installation / "bin" / "postgres").touch()
    answer = " ".join(f"{installation}/{each}" for each in ("bin", "share", "lib"))
    (installation / "bin" / "pg_config").write_text(f"#!/bin/sh\nprintf '%s\\n' {answer}\n")
    (installation / "bin" / "pg_config").chmod(0o755)
    write_stand_ins(folder)
    place_beside(installation / "bin", folder)
    program = program_beside(folder)
    assert program is not None
    control = program.parents[1] / "share" / "extension" / "postgis.control"
    assert folder in control.resolve().parents
    (installation / "share" / "extension" / "postgis.control").write_text("comment = 'real'")
    keep_up(installation / "bin", folder)
    assert control.resolve() == installation / "share" / "extension" / "postgis.control"
    assert folder in control.with_name("postgres_fdw.control").resolve().parents


def test_a_stand_in_says_what_it_is(caged: EmbeddedPostgres):
    async def run() -> set[str]:
        connection = await asyncpg.connect(caged.dsn())
        await connection.execute("CREATE EXTENSION IF NOT EXISTS pgcrypto")
        found = {row[0] for row in await connection.fetch(COMMENTS)}
        await connection.close()
        return found

    [comment] = asyncio.run(run())
    assert comment.startswith("stand-in: ")


def test_a_server_whose_users_are_trusted_has_none():
    async def run(dsn: str) -> bool:
        connection = await asyncpg.connect(dsn)
        found = await connection.fetchval("SELECT count(*) FROM pg_available_extensions WHERE name = 'pgcrypto'")
        await connection.close()
        return bool(found)

    with EmbeddedPostgres(in_memory=True) as server:
        assert not asyncio.run(run(server.dsn()))
