"""A stand-in has the members of the real extension, and a schema that uses it can be made, filled and compared."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import asyncpg
import pytest

from shared.embedded.postgres import Cage, EmbeddedPostgres
from shared.embedded.stand_ins.facts import ExtensionFacts, stand_in_facts
from tests.extras.stand_in_facts import read_facts

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
