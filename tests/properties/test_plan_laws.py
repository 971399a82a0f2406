"""Laws of plans, for generated schemas on a real server: what is made is what was read, and a plan leads to its end."""

from __future__ import annotations

import asyncio

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.diff.compare import diff_schemas
from shared.embedded.postgres import EmbeddedPostgres
from shared.postgres.scratch import ScratchServer, materialise
from shared.postgres.scratch.plan_run import run_plan
from shared.remediation.planner import plan_remediation
from shared.schema.canonical import schema_hash
from shared.schema.profile import Profile
from shared.schema.schema import Snapshot
from shared.sql import quote_identifier as quote

PROFILE = Profile(comments=True)
NAMES = ("plain", 'q"uote', "line\nbreak", "ünï", "$$", "percent %I")
TYPES = ("integer", "bigint", "text", "character varying(9)", "numeric(8,2)", "e", "integer[]", "timestamptz")
DEFAULTS = {"integer": "7", "bigint": "nextval('s')", "text": "'it''s'", "e": "'b'", "timestamptz": "now()"}
SERVER_LAW = settings(
    max_examples=12, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@st.composite
def columns(draw: st.DrawFn) -> list[tuple[str, str]]:
    """Draw (name, definition) of a table's columns."""
    made = []
    for name in draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=4, unique=True)):
        kind = draw(st.sampled_from(TYPES))
        text = f"{quote(name)} {kind}"
        if kind in DEFAULTS and draw(st.booleans()):
            text += f" DEFAULT {DEFAULTS[kind]}"
        if draw(st.booleans()):
            text += " NOT NULL"
        made.append((name, text))
    return made


@st.composite
def schemas(draw: st.DrawFn) -> tuple[str, ...]:
    """Draw the statements that make a schema."""
    labels = draw(st.sampled_from(["'a', 'b'", "'b', 'a'", "'a', 'b', 'c'"]))
    statements = [f"CREATE TYPE e AS ENUM ({labels})", f"CREATE SEQUENCE s INCREMENT BY {draw(st.integers(1, 3))}"]
    for table in draw(st.lists(st.sampled_from(("t", 'T"2', "third")), max_size=3, unique=True)):
        own = draw(columns())
        body = [text for _, text in own]
        if draw(st.booleans()):
            body.append(f"CONSTRAINT {quote(table + ' key')} PRIMARY KEY ({quote(own[0][0])})")
        if draw(st.booleans()):
            body.append(f"CONSTRAINT {quote(table + ' check')} CHECK ({quote(own[-1][0])} IS NOT NULL)")
        statements.append(f"CREATE TABLE {quote(table)} ({', '.join(body)})")
        if draw(st.booleans()):
            statements.append(f"CREATE INDEX {quote('i ' + table)} ON {quote(table)} ({quote(own[-1][0])} DESC)")
        if draw(st.booleans()):
            statements.append(f"CREATE VIEW {quote('v ' + table)} AS SELECT * FROM {quote(table)}")
        if draw(st.booleans()):
            statements.append(f"COMMENT ON TABLE {quote(table)} IS 'said'")
    return tuple(statements)


async def read(server: ScratchServer, statements: tuple[str, ...]) -> Snapshot:
    async with server.database() as database:
        await database.run(statements)
        return await database.read(PROFILE)


@SERVER_LAW
@given(schemas())
def test_what_is_made_from_a_snapshot_is_that_snapshot(postgres: EmbeddedPostgres, ddl: tuple[str, ...]) -> None:
    async def law() -> None:
        server = ScratchServer(postgres.dsn())
        snapshot = await read(server, ddl)
        async with server.database() as database:
            await materialise(database, snapshot)
            again = await database.read(PROFILE)
        assert diff_schemas(snapshot.schema, again.schema).changes == ()
        assert schema_hash(snapshot.schema) == schema_hash(again.schema)

    asyncio.run(law())


@SERVER_LAW
@given(schemas(), schemas(), st.booleans())
def test_applying_a_plan_empties_the_diff(
    postgres: EmbeddedPostgres, wanted: tuple[str, ...], found: tuple[str, ...], destructive: bool
) -> None:
    async def law() -> None:
        server = ScratchServer(postgres.dsn())
        desired, observed = await read(server, wanted), await read(server, found)
        diff = diff_schemas(desired.schema, observed.schema)
        plan = plan_remediation(desired, observed, diff, destructive=destructive)
        async with server.database() as database:
            await materialise(database, observed)
            await run_plan(database, plan.statements, {})
            after = await database.read(PROFILE)
        left = diff_schemas(desired.schema, after.schema)
        assert [str(change.identity) for change in left.changes] == []
        assert plan_remediation(desired, after, left, destructive=True).statements == ()

    asyncio.run(law())
