"""A tenant's code never runs while its shape is rebuilt, so it cannot change the copy that is compared.

Each tenant here is read by a real read, and analysed as `check` and the workers do.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from shared.analysis.analysis import Analysis
from shared.analysis.pipeline import analyse
from shared.analysis.request import AnalysisRequest
from shared.embedded.postgres import EmbeddedPostgres
from shared.postgres.connection import connect_url
from shared.postgres.reading.introspect import read_snapshot
from shared.postgres.scratch import ScratchServer, compile_spec, materialise, spell
from shared.schema.profile import Profile
from shared.schema.schema import Declaration, Origin, Snapshot, SpecSource

_PROFILE = Profile()

_DECLARED_BODY = "BEGIN RETURN 1; END"
_DECLARED = f"""
CREATE TABLE public.customer (id int PRIMARY KEY, name text);
CREATE FUNCTION public.report() RETURNS int LANGUAGE plpgsql AS '{_DECLARED_BODY}';
CREATE MATERIALIZED VIEW public.totals AS SELECT public.report() AS total;
"""
_BACKDOORS = """
CREATE TABLE public.backdoor (command text);
CREATE FUNCTION public.elevate() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';
"""
_HIDES_THEM = f"""
CREATE OR REPLACE FUNCTION public.report() RETURNS int LANGUAGE plpgsql AS $hide$BEGIN
    EXECUTE 'DROP TABLE IF EXISTS public.backdoor';
    EXECUTE 'DROP FUNCTION IF EXISTS public.elevate()';
    EXECUTE $x$CREATE OR REPLACE FUNCTION public.report() RETURNS int LANGUAGE plpgsql AS '{_DECLARED_BODY}'$x$;
    RETURN 1;
END$hide$;
"""


@pytest.fixture(scope="module")
def scratch(postgres: EmbeddedPostgres) -> ScratchServer:
    return ScratchServer(postgres.dsn())


@pytest.fixture
def tenant(postgres: EmbeddedPostgres) -> Callable[[str], Snapshot]:
    """Make a database of a script, as its superuser, and read it."""

    async def read(script: str) -> Snapshot:
        admin = await connect_url(postgres.dsn())
        try:
            await admin.execute("CREATE DATABASE hostile TEMPLATE template0")
            maker = await connect_url(postgres.dsn("hostile"))
            await maker.execute(script)
            await maker.close()
            reader = await connect_url(postgres.dsn("hostile"))
            try:
                return await read_snapshot(reader, profile=_PROFILE)
            finally:
                await reader.close()
        finally:
            await admin.execute("DROP DATABASE IF EXISTS hostile WITH (FORCE)")
            await admin.close()

    return lambda script: asyncio.run(read(script))


def analysed(scratch: ScratchServer, declared: str, observed: Snapshot) -> Analysis:
    async def run() -> Analysis:
        source = SpecSource(declarations=(Declaration(declared, Origin("schema.sql", 1)),))
        spec = await compile_spec(scratch, source, _PROFILE)
        return await analyse(scratch, AnalysisRequest(spec=spec, snapshot=observed))

    return asyncio.run(run())


def differing(analysis: Analysis) -> list[str]:
    assert analysis.unverified == ""
    return [str(change.identity) for change in analysis.diff.changes]


def test_a_filled_view_cannot_hide_a_table_and_a_routine_and_restore_its_own_body(scratch, tenant):
    observed = tenant(_DECLARED + _BACKDOORS + _HIDES_THEM)
    assert differing(analysed(scratch, _DECLARED, observed)) == [
        "column public.backdoor.command", "routine public.elevate", "routine public.report", "table public.backdoor",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "object_that_calls",
    [
        "CREATE INDEX calls ON public.customer ((id + public.once(1)))",
        "CREATE INDEX calls ON public.customer (id) WHERE id > public.once(1)",
        "CREATE TABLE public.parted (id int) PARTITION BY RANGE ((id + public.once(1)))",
        "CREATE TABLE public.checked (id int, CONSTRAINT calls CHECK (id > public.once(1)))",
        "CREATE TABLE public.computed (id int, more int GENERATED ALWAYS AS (id + public.once(1)) STORED)",
        "CREATE STATISTICS public.calls ON (id + public.once(1)), name FROM public.customer",
    ],
)
def test_no_function_of_a_tenant_is_folded_into_an_expression(scratch, tenant, object_that_calls):
    once = "CREATE FUNCTION public.once(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN $1; END';"
    observed = tenant(f"""
        CREATE TABLE public.customer (id int PRIMARY KEY, name text);
        CREATE TABLE public.backdoor (command text);
        {once}
        {object_that_calls};
        CREATE OR REPLACE FUNCTION public.once(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $hide$BEGIN
            EXECUTE 'DROP TABLE IF EXISTS public.backdoor';
            RETURN $1;
        END$hide$;
    """)
    respelt = asyncio.run(spell(scratch, observed, _PROFILE)).snapshot
    assert respelt.schema == observed.schema


def test_a_function_that_was_a_stub_works_once_its_own_body_is_in(scratch, tenant):
    """An index expression that was read with the stub in it must not decide what a query of a service can do."""
    observed = tenant("""
        CREATE TABLE public.customer (id int, name text);
        CREATE FUNCTION public.limit_of(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 * 10';
        CREATE UNIQUE INDEX few ON public.customer (id) WHERE id < public.limit_of(1);
    """)

    async def prepared() -> int:
        async with scratch.database() as copy:
            await materialise(copy, observed)
            await copy.connection.execute(
                "EXPLAIN INSERT INTO public.customer VALUES (1, 'a') ON CONFLICT (id) WHERE id < 10 DO NOTHING"
            )
            return await copy.connection.fetchval("SELECT public.limit_of(2)")

    assert asyncio.run(prepared()) == 20


def test_a_materialized_view_is_never_filled(scratch, tenant):
    observed = tenant("""
        CREATE MATERIALIZED VIEW public.huge AS SELECT repeat('x', 1000) FROM generate_series(1, 1000) WITH NO DATA;
        CREATE MATERIALIZED VIEW public.filled AS SELECT repeat('x', 1000) FROM generate_series(1, 1000);
    """)

    async def populated() -> list[bool]:
        async with scratch.database() as copy:
            await materialise(copy, observed)
            rows = await copy.connection.fetch("SELECT ispopulated FROM pg_matviews")
            return [row["ispopulated"] for row in rows]

    assert asyncio.run(populated()) == [False, False]


@pytest.mark.parametrize(
    "routine",
    [
        "CREATE FUNCTION public.f(a int, OUT b int, OUT c text) LANGUAGE plpgsql AS 'BEGIN END'",
        "CREATE FUNCTION public.f(a anyelement) RETURNS anyelement LANGUAGE sql AS 'SELECT $1'",
        "CREATE FUNCTION public.f() RETURNS SETOF int LANGUAGE sql ROWS 7 AS 'SELECT 1'",
        "CREATE FUNCTION public.f() RETURNS TABLE (a int, b text) LANGUAGE plpgsql STRICT AS 'BEGIN END'",
        "CREATE FUNCTION public.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "CREATE FUNCTION public.f(VARIADIC a text[] DEFAULT '{}') RETURNS void LANGUAGE sql AS 'SELECT 1'",
        "CREATE PROCEDURE public.f(INOUT a int) LANGUAGE plpgsql AS 'BEGIN COMMIT; END'",
        "CREATE FUNCTION public.f(a int) RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT a + 1; END",
        "CREATE FUNCTION public.f(a int) RETURNS int LANGUAGE sql RETURN a + 1",
        "CREATE FUNCTION public.f() RETURNS int LANGUAGE sql SET search_path = 'AS $function$', b AS 'SELECT 1'",
        "CREATE FUNCTION public.f() RETURNS text LANGUAGE sql AS $$SELECT '$function$ é '$$",
        (
            "CREATE DOMAIN public.d AS text NOT NULL;"
            "CREATE FUNCTION public.f() RETURNS public.d LANGUAGE sql IMMUTABLE AS $$SELECT 'x'::public.d$$;"
            "CREATE TABLE public.t (a public.d DEFAULT public.f())"
        ),
        (
            "CREATE FUNCTION public.f(text) RETURNS text LANGUAGE sql AS 'SELECT pg_catalog.lower($1)';"
            "CREATE TABLE public.t (a text); CREATE INDEX ON public.t (public.f(a))"
        ),
    ],
)
def test_every_form_of_routine_survives_the_stub(scratch, tenant, routine):
    observed = tenant(routine)
    respelt = asyncio.run(spell(scratch, observed, _PROFILE)).snapshot
    assert respelt.schema == observed.schema
    assert set(respelt.dependencies) == set(observed.dependencies)
