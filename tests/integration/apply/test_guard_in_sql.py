"""The guard, as the tenant's own server judges it."""

from __future__ import annotations

import subprocess

import asyncpg
import msgspec
import pytest

from shared.diff.changes import ChangeKind, SchemaDiff
from shared.diff.compare import diff_schemas
from shared.embedded.postgres import EmbeddedPostgres
from shared.kinds.step import Role
from shared.postgres.names.own_names import OwnNames
from shared.postgres.reading.introspect import read_snapshot
from shared.postgres.writing.guard import REFUSED, guard_sql
from shared.remediation.guard import Guard, spelling
from shared.remediation.guarding import make_guard
from shared.remediation.plan import Statement
from shared.schema.identity import ObjectId
from shared.schema.profile import EVERYTHING, Profile
from shared.schema.schema import Snapshot
from tests.integration.apply.conftest import Open

HOSTILE = r"""
CREATE SCHEMA "we""ird $guard$";
CREATE TYPE mood AS ENUM ('a', 'b''c', E'\u00e9\n', '\');
CREATE TABLE orders (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    note text DEFAULT 'a"b\c' || E'\n\u0001' || ':"PORT"',
    place serial,
    mood mood DEFAULT 'a',
    price numeric(10, 2) CHECK (price > 0)
);
CREATE INDEX orders_by_note ON orders (lower(note)) WHERE price > 1;
CREATE TABLE "we""ird $guard$"."\! $guard_$" (id int REFERENCES orders, "a\b" int DEFAULT 3) WITH (fillfactor = 70);
CREATE VIEW cheap AS SELECT id, note FROM orders WHERE price < 3;
CREATE MATERIALIZED VIEW counted AS SELECT count(*) FROM orders;
CREATE FUNCTION f(a int, b text DEFAULT 'x') RETURNS int LANGUAGE sql COST 0.25 AS 'SELECT a';
CREATE FUNCTION g() RETURNS SETOF int LANGUAGE sql COST 1e9 ROWS 12345.5 AS 'SELECT 1';
COMMENT ON TABLE orders IS 'all of them';
GRANT SELECT ON orders TO PUBLIC;
"""

pytestmark = pytest.mark.anyio


async def guard_between(observed: asyncpg.Connection, desired: asyncpg.Connection, *about: ObjectId) -> Guard:
    """Make the guard of a plan whose statements are about what differs."""
    is_now, should_be = await read_snapshot(observed), await read_snapshot(desired)
    diff = diff_schemas(should_be.schema, is_now.schema)
    statements = [Statement(sql="", object=identity, change=ChangeKind.ALTERED, role=Role.DROP) for identity in about]
    return make_guard(is_now, should_be, diff, statements, Profile())


def guard_of(snapshot: Snapshot, profile: Profile) -> Guard:
    """Make the guard of a plan that is about every object that a guard looks at."""
    about = [
        Statement(sql="", object=item.identity, change=ChangeKind.ALTERED)
        for item in snapshot.schema
        if spelling(item) is not None
    ]
    return make_guard(snapshot, snapshot, SchemaDiff(), about, profile)


async def refusal(connection: asyncpg.Connection, *guards: Guard, namespace: str = "") -> str:
    """Run the guard; give what it refuses, or nothing."""
    try:
        await connection.execute(guard_sql(guards, own=OwnNames(namespace=namespace)))
    except asyncpg.PostgresError as error:
        await connection.execute("ROLLBACK")
        if error.sqlstate != REFUSED:
            raise
        return str(error).partition("Different: ")[2] or str(error)
    return ""


@pytest.mark.parametrize("profile", [Profile(), EVERYTHING], ids=["usual", "everything"])
async def test_an_unchanged_database_passes_whatever_its_names(database: Open, profile: Profile):
    connection = await database(HOSTILE)
    assert await refusal(connection, guard_of(await read_snapshot(connection, profile=profile), profile)) == ""


async def test_psql_runs_the_guard_and_stops_where_it_refuses(database: Open, postgres: EmbeddedPostgres, tmp_path):
    connection = await database(HOSTILE)
    script = tmp_path / "guard.sql"
    script.write_text(guard_sql([guard_of(await read_snapshot(connection), Profile())]))
    name = await connection.fetchval("SELECT current_database()")

    def psql() -> subprocess.CompletedProcess[str]:
        psql = postgres.binaries / "psql"
        dsn = postgres.dsn(name)
        return subprocess.run(
            [psql, "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", dsn, "-f", script],
            capture_output=True, text=True, check=False,
        )  # fmt: skip

    done = psql()
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    await connection.execute("ALTER TABLE orders ADD COLUMN more int")
    refused = psql()
    assert refused.returncode == 3
    assert "has changed since the plan was made; scan it again. Different: column public.orders.more" in refused.stderr


async def test_a_guard_is_short_enough_to_be_read(database: Open):
    tables = "; ".join(f"CREATE TABLE t_{n} (id int PRIMARY KEY, a int, b text, c date)" for n in range(100))
    observed, desired = await database(tables), await database(f"{tables}; CREATE INDEX by_a ON t_7 (a)")
    guard = await guard_between(observed, desired)
    assert len(guard.objects) == 7
    assert len(guard_sql([guard])) < 6_000 + 70 * len(guard.objects)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("ALTER TABLE orders ALTER COLUMN price SET NOT NULL", "column public.orders.price"),
        ("ALTER TABLE orders ADD COLUMN more int", "column public.orders.more"),
        ("ALTER TABLE orders DROP CONSTRAINT orders_price_check", "constraint public.orders.orders_price_check"),
        ("CREATE INDEX another ON orders (note)", "index public.another"),
        ("CREATE POLICY mine ON orders USING (price > 2)", "policy public.orders.mine"),
        ("CREATE RULE quiet AS ON DELETE TO orders DO INSTEAD NOTHING", "rule public.orders.quiet"),
    ],
)
async def test_a_strangers_change_on_the_same_table_is_refused_by_name(database: Open, change: str, named: str):
    observed, desired = await database(HOSTILE), await database(HOSTILE + "CREATE INDEX by_place ON orders (place)")
    guard = await guard_between(observed, desired)
    assert await refusal(observed, guard) == ""
    await observed.execute(change)
    assert await refusal(observed, guard) == named


@pytest.mark.parametrize("change", ["DROP VIEW cheap", "CREATE SEQUENCE another", "ALTER TYPE mood ADD VALUE 'z'"])
async def test_a_change_of_what_the_plan_has_nothing_to_do_with_passes(database: Open, change: str):
    observed, desired = await database(HOSTILE), await database(HOSTILE + "CREATE INDEX by_place ON orders (place)")
    guard = await guard_between(observed, desired)
    await observed.execute(change)
    assert await refusal(observed, guard) == ""


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("ALTER TABLE cents RENAME COLUMN a TO b", "column public.cents.a"),
        (
            "CREATE OR REPLACE FUNCTION half(i int) RETURNS int LANGUAGE sql AS 'SELECT 1'",
            "routine public.half(integer)",
        ),
        ("ALTER TYPE mood ADD VALUE 'z'", "enum type public.mood"),
        ("ALTER DOMAIN price DROP CONSTRAINT price_check", "domain constraint public.price.price_check"),
        ("ALTER TYPE pair ADD ATTRIBUTE more int", "composite type public.pair"),
    ],
)
async def test_what_a_changed_object_rests_on_is_guarded_too(database: Open, change: str, named: str):
    below = """
        CREATE TYPE mood AS ENUM ('a', 'b c'); CREATE DOMAIN price AS int CHECK (VALUE > 0);
        CREATE TYPE pair AS (one int, two text); CREATE TABLE cents (a int);
        CREATE FUNCTION half(i int) RETURNS int LANGUAGE sql AS 'SELECT i / 2';
    """
    view = "CREATE VIEW v AS SELECT half(a) AS a, 'a'::mood, 1::price AS price, ROW(1, '')::pair AS pair FROM cents"
    observed, desired = await database(f"{below} {view}"), await database(f"{below} {view} WHERE a > 1")
    guard = await guard_between(observed, desired)
    assert await refusal(observed, guard) == ""
    await observed.execute(change)
    assert named in (await refusal(observed, guard)).split(", ")


async def test_a_strangers_change_to_what_the_plan_touches_is_refused_by_name(database: Open):
    observed = await database("CREATE TABLE t (a int DEFAULT 1, b int)")
    desired = await database("CREATE TABLE t (a int DEFAULT 2, b int); CREATE INDEX i ON t (a)")
    guard = await guard_between(observed, desired)
    await observed.execute("ALTER TABLE t ALTER COLUMN a SET DEFAULT 3; CREATE INDEX i ON t (b)")
    assert await refusal(observed, guard) == "column public.t.a, index public.i"


async def test_every_state_that_the_plan_can_leave_behind_passes(database: Open):
    observed = await database("CREATE TABLE t (a int DEFAULT 1, b int, c int)")
    desired = await database(
        "CREATE TABLE t (a int DEFAULT 2, b int NOT NULL, c int CONSTRAINT t_c_key UNIQUE); CREATE INDEX i ON t (a)"
    )
    guard = await guard_between(observed, desired)
    for step in (
        "ALTER TABLE t ALTER COLUMN a SET DEFAULT 2",
        "CREATE INDEX i ON t (a)",
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'i'::regclass",
        "ALTER TABLE t ADD CONSTRAINT fleetdrift_not_null_b CHECK (b IS NOT NULL) NOT VALID",
        "ALTER TABLE t ALTER COLUMN b SET NOT NULL",
        "CREATE UNIQUE INDEX t_c_key ON t (c)",
        "ALTER TABLE t ADD CONSTRAINT t_c_key UNIQUE USING INDEX t_c_key",
        "ALTER TABLE t DROP CONSTRAINT fleetdrift_not_null_b",
        "UPDATE pg_index SET indisvalid = true WHERE indexrelid = 'i'::regclass",
    ):
        assert await refusal(observed, guard) == "", step
        await observed.execute(step)
    assert await refusal(observed, guard) == ""
    assert diff_schemas((await read_snapshot(desired)).schema, (await read_snapshot(observed)).schema).changes == ()


async def test_what_is_rebuilt_may_be_missing_for_a_while(database: Open):
    observed = await database("CREATE TABLE t (a int); CREATE VIEW v AS SELECT a FROM t")
    desired = await database("CREATE TABLE t (a bigint); CREATE VIEW v AS SELECT a FROM t")
    guard = await guard_between(observed, desired, ObjectId(kind="view", namespace="public", name="v"))
    await observed.execute("DROP VIEW v")
    assert await refusal(observed, guard) == ""
    await observed.execute("DROP TABLE t")
    assert "column public.t.a" in await refusal(observed, guard)


async def test_another_major_version_is_refused(database: Open):
    connection = await database("CREATE TABLE t (a int)")
    snapshot = await read_snapshot(connection)
    older = Guard(major=snapshot.server_version // 10000 - 1, profile=Profile())
    assert "this plan was made for PostgreSQL" in await refusal(connection, older)


async def test_any_of_several_spellings_will_do(database: Open):
    one = await database("CREATE TABLE t (a varchar(9) CHECK (a IN ('x', 'y')))")
    check = "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 't'::regclass"
    definition = await one.fetchval(check)
    other = await database(f"CREATE TABLE t (a varchar(9) CONSTRAINT t_a_check {definition})")
    guards = [guard_of(await read_snapshot(connection), Profile()) for connection in (one, other)]
    assert guards[0] != guards[1]
    newer = msgspec.structs.replace(guards[0], major=guards[0].major + 1)
    for connection in (one, other):
        assert await refusal(connection, newer, guards[0], guards[1]) == ""
    assert await refusal(other, guards[0]) == "constraint public.t.t_a_check"
    await other.execute("ALTER TABLE t ADD b int")
    assert await refusal(other, guards[1], guards[0]) == "column public.t.b"


NAMESPACED = """
CREATE TABLE {0}.t (a serial, b int DEFAULT 1 CHECK (b > 0), c text DEFAULT 'plain');
CREATE VIEW {0}.v AS SELECT a FROM {0}.t;
"""


@pytest.mark.parametrize("namespace", ["tenant_1", 'Te"n\\ant$'])
async def test_a_guard_of_one_namespace_holds_for_another(database: Open, namespace: str):
    quoted = '"' + namespace.replace('"', '""') + '"'
    connection = await database(
        "CREATE SCHEMA first; " + NAMESPACED.format("first") + f"CREATE SCHEMA {quoted}; " + NAMESPACED.format(quoted)
    )
    guard = guard_of(await read_snapshot(connection, namespace="first"), Profile())
    assert await refusal(connection, guard, namespace=namespace) == ""
    await connection.execute(f"ALTER TABLE {quoted}.t ADD COLUMN more int")
    assert await refusal(connection, guard, namespace=namespace) == f"column {namespace}.t.more"
