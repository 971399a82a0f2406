"""Throw-away databases in which hostile SQL may run, specs compiled in them, and plans proven in them."""
# ruff: noqa: E501  # scripts of SQL read better unbroken

from __future__ import annotations

import asyncio

import asyncpg
import msgspec
import pytest

from shared.analysis import planning
from shared.analysis.planning import plan_and_prove
from shared.analysis.proof import prove
from shared.diff.changes import ChangeKind, Missing
from shared.diff.compare import diff_schemas
from shared.findings.origins import Origins
from shared.postgres.connection import connect_url
from shared.postgres.scratch import ScratchError, SpecError, compile_spec, spell
from shared.remediation.plan import Plan, ProofStatus, Statement
from shared.remediation.planner import plan_remediation
from shared.schema.canonical import schema_hash
from shared.schema.identity import ObjectId
from shared.schema.profile import Profile
from shared.schema.schema import Declaration, Origin, SpecSource


def source(*statements: str) -> SpecSource:
    """Declarations, each ten lines below the one before."""
    return SpecSource(
        declarations=tuple(Declaration(sql, Origin("schema.sql", 10 * n + 1)) for n, sql in enumerate(statements))
    )


def compiled(scratch, *statements: str, namespace: str = ""):
    return asyncio.run(compile_spec(scratch, source(*statements), Profile(), namespace))


def ran(scratch, *statements: str):
    """Run statements and give the snapshot."""

    async def run():
        async with scratch.database() as database:
            await database.run(statements)
            return await database.read(Profile())

    return asyncio.run(run())


def test_each_object_knows_the_line_that_declares_it(scratch):
    spec = compiled(
        scratch,
        "CREATE TABLE t (a int PRIMARY KEY, b text CONSTRAINT c CHECK (b <> ''))",
        "CREATE INDEX ON t (b)",
        "CREATE VIEW v AS SELECT a FROM t",
        "ALTER TABLE t ADD d int, ADD CONSTRAINT e CHECK (d > 0)",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    )
    origins = Origins(spec.origins)
    lines = {
        str(item.identity): origin.line for item in spec.schema if (origin := origins.of(Missing(item))) is not None
    }
    assert lines == {
        "table public.t": 1, "column public.t.a": 1, "column public.t.b": 1, "constraint public.t.c": 1,
        "constraint public.t.t_pkey": 1, "index public.t_b_idx": 11, "view public.v": 21, "column public.t.d": 31,
        "constraint public.t.e": 31, "routine public.f": 41,
    }  # fmt: skip


def test_a_statement_that_fails_names_its_file_and_line(scratch):
    with pytest.raises(SpecError) as caught:
        compiled(scratch, "CREATE TABLE t (a int)", "CREATE VIEW v AS\nSELECT a,\n  nothing FROM t")
    assert str(caught.value) == 'schema.sql:13: column "nothing" does not exist'
    assert caught.value.sqlstate == "42703"


def test_statements_that_refuse_transactions_run(scratch):
    shape = ran(scratch, "CREATE TABLE t (a int)", "CREATE INDEX CONCURRENTLY i ON t (a)")
    assert [item.name for item in shape.schema if item.kind == "index"] == ["i"]


def test_migrations_with_transactions_of_their_own_run(scratch):
    shape = ran(
        scratch,
        "BEGIN",
        "CREATE EXTENSION hstore",
        "CREATE EXTENSION pg_stat_statements",
        "CREATE TABLE t (h hstore)",
        "COMMIT",
        "BEGIN; CREATE TABLE u ()",
    )
    assert [item.name for item in shape.schema if item.kind in ("extension", "table")] == [
        "hstore",
        "pg_stat_statements",
        "t",
        "u",
    ]


@pytest.mark.parametrize(
    "harm",
    [
        "COPY (SELECT 1) TO PROGRAM 'touch /tmp/harm'",
        "SELECT pg_catalog.pg_read_file('postgresql.conf')",
        "CREATE EXTENSION file_fdw",
        "CREATE EXTENSION dblink",
        "ALTER SYSTEM SET work_mem = '1GB'; CREATE TABLE t () TABLESPACE pg_global",
        "SET ROLE postgres",
        "SET SESSION AUTHORIZATION postgres",
        "CREATE FUNCTION f() RETURNS int LANGUAGE c AS '$libdir/plpgsql', 'plpgsql_call_handler'",
        "CREATE FUNCTION f() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'; CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION f()",
        "ALTER ROLE current_user SUPERUSER; CREATE DATABASE more; DO $$BEGIN CREATE ROLE more SUPERUSER; END$$",
        "DO $$BEGIN EXECUTE 'ALTER ROLE ' || quote_ident(current_user) || ' SUPERUSER'; END$$",
    ],
)
def test_hostile_sql_is_refused(scratch, harm):
    with pytest.raises(ScratchError):
        ran(scratch, harm)


def test_a_statement_that_never_ends_is_ended(scratch, monkeypatch):
    monkeypatch.setattr("shared.postgres.scratch.database._STATEMENT_TIMEOUT", 0.3)
    with pytest.raises(ScratchError, match="did not end in time"):
        ran(scratch, "SET statement_timeout = 0", "SELECT pg_catalog.pg_sleep(60)")


def test_nothing_is_left_on_the_server(memory_server, scratch):
    with pytest.raises(ScratchError):
        ran(scratch, "CREATE TABLE t ()", "no sql")

    async def left():
        admin = await connect_url(memory_server.dsn())
        try:
            return await admin.fetchval(
                "SELECT (SELECT count(*) FROM pg_database WHERE datname LIKE 'fleetdrift%') "
                "+ (SELECT count(*) FROM pg_roles WHERE rolname LIKE 'fleetdrift%')"
            )
        finally:
            await admin.close()

    assert asyncio.run(left()) == 0


def test_roles_and_tablespaces_that_are_named_are_made_without_rights_and_do_not_stay(memory_server, scratch):
    async def run():
        async with scratch.database() as database:
            await database.run(
                [
                    "CREATE ROLE scratch_boss SUPERUSER LOGIN PASSWORD 'x'",
                    "CREATE TABLE t () TABLESPACE scratch_fast",
                    "GRANT SELECT ON t TO scratch_reader",
                    "ALTER TABLE t OWNER TO scratch_boss",
                    "ALTER TABLE t OWNER TO postgres",
                ]
            )
            return await database.read(Profile(owners=True, privileges=True)), await named()

    async def named():
        admin = await connect_url(memory_server.dsn())
        try:
            roles = await admin.fetch("SELECT * FROM pg_roles WHERE rolname ^@ 'scratch_' ORDER BY rolname")
            spaces = await admin.fetch("SELECT spcname FROM pg_tablespace WHERE spcname ^@ 'scratch_'")
            return [(row["rolname"], row["rolsuper"], row["rolcanlogin"]) for row in roles], [s[0] for s in spaces]
        finally:
            await admin.close()

    snapshot, meanwhile = asyncio.run(run())
    assert [item.role for item in snapshot.schema if item.kind == "owner" and item.name == "t"] == ["scratch_boss"]
    assert meanwhile == ([("scratch_boss", False, False), ("scratch_reader", False, False)], ["scratch_fast"])
    assert asyncio.run(named()) == ([], [])


def test_a_spec_of_a_namespace_calls_it_tenant(scratch):
    spec = compiled(
        scratch, "CREATE TABLE t (a int DEFAULT 1)", "CREATE VIEW v AS SELECT a FROM t", namespace="tenant 7"
    )
    [view] = [item for item in spec.schema if item.kind == "view"]
    assert view.namespace == "{tenant}"
    assert '"{tenant}".t' in view.definition
    assert Origins(spec.origins).of(Missing(view)).line == 11


def test_spelling_again_changes_nothing_where_one_deparse_may(scratch):
    async def spelt_again():
        once = (
            await compile_spec(scratch, source("CREATE TABLE t (a varchar(5) CHECK (a IN ('x', 'y')))"), Profile())
        ).snapshot
        return once, (await spell(scratch, once, Profile())).snapshot

    once, twice = asyncio.run(spelt_again())
    assert schema_hash(once.schema) == schema_hash(twice.schema)


def test_a_restored_tenant_is_the_declared_shape(scratch):
    declared = compiled(scratch, "CREATE TABLE t (a varchar(5) CHECK (a IN ('x', 'y')))").snapshot
    restored = ran(
        scratch,
        "CREATE TABLE t (a varchar(5), CONSTRAINT t_a_check CHECK (((a)::text = ANY (ARRAY[('x'::character varying)::text, ('y'::character varying)::text]))))",
    )
    assert asyncio.run(spell(scratch, restored, Profile())).snapshot.schema == declared.schema


def test_facts_of_a_tenant_survive_the_scratch_server(databases, scratch):
    script = "CREATE TABLE t (a int); CREATE INDEX i ON t (a); CREATE EXTENSION hstore VERSION '1.4'; UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'i'::regclass"
    snapshot = databases.snapshot(script)
    respelt = asyncio.run(spell(scratch, snapshot, Profile())).snapshot
    assert respelt.schema == snapshot.schema


def _plan(desired, observed, *statements: str) -> Plan:
    about = ObjectId(kind="table", namespace="public", name="t")
    made = tuple(Statement(sql=sql, object=about, change=ChangeKind.ALTERED) for sql in statements)
    return Plan(desired=schema_hash(desired.schema), observed=schema_hash(observed.schema), statements=made)


def test_a_plan_is_proven_by_applying_it(scratch):
    desired = compiled(scratch, "CREATE TABLE t (a int NOT NULL)", "CREATE INDEX i ON t (a)").snapshot
    observed = compiled(scratch, "CREATE TABLE t (a int)").snapshot
    plan = plan_remediation(desired, observed, diff_schemas(desired.schema, observed.schema), destructive=False)
    assert asyncio.run(prove(scratch, desired, observed, plan, Profile())).proof.status is ProofStatus.PROVEN


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("ALTER TABLE t ALTER a SET DEFAULT 4", "still differs"),
        ("ALTER TABLE nothing ADD a int", "failed"),
    ],
)
def test_a_plan_that_does_not_work_is_not_proven_and_says_why(scratch, statement, reason):
    desired = compiled(scratch, "CREATE TABLE t (a int NOT NULL)").snapshot
    observed = compiled(scratch, "CREATE TABLE t (a int)").snapshot
    proof = asyncio.run(prove(scratch, desired, observed, _plan(desired, observed, statement), Profile())).proof
    assert proof.status is ProofStatus.UNPROVEN
    assert reason in proof.reason


def test_what_a_plan_leaves_different_is_planned_again_and_the_whole_is_proven(scratch, monkeypatch):
    desired = compiled(scratch, "CREATE TABLE t (a int NOT NULL)", "CREATE INDEX i ON t (a)").snapshot
    observed = compiled(scratch, "CREATE TABLE t (a int, gone int)").snapshot
    diff = diff_schemas(desired.schema, observed.schema)

    def forgetful(desired, observed, diff, **options):
        made = plan_remediation(desired, observed, diff, **options)
        asked.append(made)
        if len(asked) > 1:
            return made
        return msgspec.structs.replace(made, statements=tuple(s for s in made.statements if s.object.kind != "index"))

    asked: list[Plan] = []
    monkeypatch.setattr(planning, "plan_remediation", forgetful)
    plan = asyncio.run(plan_and_prove(scratch, desired, observed, diff, Profile(), destructive=True))
    assert plan.proof.status is ProofStatus.PROVEN
    assert [s.sql for s in plan.statements[-2:]] == [
        'ALTER TABLE "public"."t" DROP COLUMN "gone"',
        'CREATE INDEX CONCURRENTLY "i" ON public.t USING btree (a)',
    ]

    asked.clear()
    careful = asyncio.run(plan_and_prove(scratch, desired, observed, diff, Profile(), destructive=False))
    assert careful.proof.status is ProofStatus.PROVEN
    assert [s.object.kind for s in careful.statements if s.destructive] == ["column", "index"]
    assert [change.identity.kind for change in careful.remaining] == ["column", "index"]


def test_a_scratch_role_cannot_enter_the_tenants_of_its_server(memory_server, scratch):
    """It may connect where PUBLIC may, and read nothing there that it was not granted."""

    async def peek():
        admin = await connect_url(memory_server.dsn())
        await admin.execute("CREATE TABLE IF NOT EXISTS public.secrets (a text)")
        try:
            async with scratch.database() as database:
                with pytest.raises(asyncpg.InsufficientPrivilegeError):  # noqa: PT012  # connecting may be refused, or reading
                    other = await asyncpg.connect(memory_server.dsn("postgres", user=database.name))
                    try:
                        await other.fetch("SELECT * FROM public.secrets")
                    finally:
                        await other.close()
        finally:
            await admin.execute("DROP TABLE public.secrets")
            await admin.close()

    asyncio.run(peek())


def test_the_random_password_of_a_scratch_role_is_hashed_once_where_the_server_lets_one_choose(memory_server, scratch):
    async def verifier():
        admin = await connect_url(memory_server.dsn())
        try:
            async with scratch.database() as database:
                query = "SELECT rolpassword FROM pg_catalog.pg_authid WHERE rolname = $1"
                return await admin.fetchval(query, database.name), admin.get_server_version().major
        finally:
            await admin.close()

    stored, major = asyncio.run(verifier())
    assert stored.startswith("SCRAM-SHA-256$1:" if major >= 16 else "SCRAM-SHA-256$4096:")


def test_what_was_given_away_is_its_owners_whole_and_can_be_built_on(scratch):
    made = asyncio.run(
        ran_with(
            scratch,
            Profile(owners=True, privileges=True),
            "CREATE SCHEMA s",
            "ALTER SCHEMA s OWNER TO scratch_app",
            "CREATE TABLE s.a (id int)",
            "CREATE PUBLICATION p FOR TABLE s.a",
            "ALTER PUBLICATION p OWNER TO scratch_app",
            "CREATE FOREIGN DATA WRAPPER w",
            "CREATE SERVER r FOREIGN DATA WRAPPER w",
            "ALTER SERVER r OWNER TO scratch_app",
        )
    )
    owners = {(item.of, item.name) for item in made.schema if item.kind == "owner" and item.role == "scratch_app"}
    assert owners == {("namespace", "s"), ("publication", "p"), ("foreign_server", "r")}
    assert [item.name for item in made.schema if item.kind == "privileges" and item.name != "w"] == []


async def ran_with(scratch, profile: Profile, *statements: str):
    async with scratch.database() as database:
        await database.run(statements)
        return await database.read(profile)
