"""What a tenant plants where our queries could find it is read as what it is, and nothing of it runs in a scan.

Each planted routine raises an error when it is called, so a tenant that was read has proven that none was.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import shared.postgres.queries
from coordinator.report.model import TenantStatus
from shared.diff.changes import Unexpected
from tests.acceptance.hostile.matrix import HOSTILE, SCANNER, Matrix

QUERIES = "\n".join(path.read_text() for path in Path(shared.postgres.queries.__path__[0]).glob("*.sql"))
WORDS = ", ".join(f"'{word}'" for word in sorted(set(re.findall(r"[a-z_0-9]+", QUERIES))))
"""Every word of every query that a tenant is asked, as a list of SQL."""

SEARCHED_FIRST = f"""
ALTER DATABASE {HOSTILE} SET search_path = public, pg_catalog;
ALTER ROLE {SCANNER} IN DATABASE {HOSTILE} SET search_path = public, pg_catalog;
"""
TRAP = """
SET search_path = pg_catalog, public;
CREATE SCHEMA plant; GRANT USAGE ON SCHEMA plant TO PUBLIC;
CREATE FUNCTION plant.try(statement text) RETURNS void LANGUAGE plpgsql AS $do$
BEGIN EXECUTE statement; EXCEPTION WHEN others THEN NULL; END $do$;  -- not everything can be given to PL/pgSQL
CREATE FUNCTION plant.routine(place text, arguments text, result text) RETURNS void LANGUAGE plpgsql AS $do$
BEGIN PERFORM plant.try(format('CREATE FUNCTION %s(%s) RETURNS %s LANGUAGE plpgsql '
    'AS $$ BEGIN RAISE ''caught''; END $$', place, arguments, result)); END $do$;
"""
FUNCTIONS = f"""
SELECT plant.routine(format('public.%I', proname), pg_get_function_identity_arguments(oid),
    pg_get_function_result(oid))
FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace AND prokind = 'f' AND proname IN ({WORDS});
"""
OPERATORS = """
SELECT plant.routine('public.fires', format('x %s, y %s', a, b), 'bool'), plant.try(format(
    'CREATE OPERATOR public.%s (PROCEDURE = public.fires, LEFTARG = %s, RIGHTARG = %s)', o, a, b))
FROM unnest(ARRAY['oid', 'name', '"char"', 'int2', 'int4', 'int8', 'text', 'oid[]']) a,
    unnest(ARRAY['oid', 'name', '"char"', 'int2', 'int4', 'int8', 'text', 'oid[]']) b,
    unnest(ARRAY['=', '<>', '<', '>', '>=', '||', '~', '->>']) o;
"""
RELATIONS = f"""
SELECT plant.try(format('CREATE TABLE public.%I AS SELECT * FROM pg_catalog.%I LIMIT 0', relname, relname)),
    plant.try(format('GRANT SELECT ON public.%I TO PUBLIC', relname))
FROM pg_class WHERE relnamespace = 'pg_catalog'::regnamespace AND relname IN ({WORDS});
"""
TYPES = f"""
SELECT plant.try(format('CREATE DOMAIN public.%I AS pg_catalog.text CHECK (false)', typname))
FROM pg_type WHERE typnamespace = 'pg_catalog'::regnamespace AND typtype = 'b'
    AND (typname IN ({WORDS}) OR typname IN ('bpchar', 'int4', 'int2', 'int8', 'bool', 'char'));
"""
CASTS = """
CREATE TYPE public.own AS ENUM ('a');
SELECT plant.routine(format('public.%I', 'to_' || b), 'public.own', b), plant.try(format(
    'CREATE CAST (public.own AS %s) WITH FUNCTION public.%I(public.own) AS IMPLICIT', b, 'to_' || b))
FROM unnest(ARRAY['text', 'oid', 'name', 'json', 'int8', 'bool']) b;
"""
CAST_OF_OIDS = """
SELECT plant.routine('public.to_text', 'oid', 'text');
CREATE CAST (oid AS text) WITH FUNCTION public.to_text(oid) AS ASSIGNMENT;
"""
PLANTED = {
    "functions": (FUNCTIONS, "routine", 100),
    "operators": (OPERATORS, "operator", 512),
    "relations": (RELATIONS, "table", 50),
    "types": (TYPES, "domain_type", 15),
    "casts": (CASTS, "cast", 6),
}
"""What is planted → how, its kind, and how many there are at least."""


@pytest.mark.parametrize(("script", "kind", "least"), PLANTED.values(), ids=PLANTED)
def test_nothing_that_is_planted_in_public_is_taken_for_postgresql_s_own(
    matrix: Matrix, script: str, kind: str, least: int
) -> None:
    seen = matrix.scan(TRAP + script + SEARCHED_FIRST)
    assert seen.tenant.status is TenantStatus.DRIFTED, seen
    assert seen.group is not None
    changes = seen.group.diff.changes
    assert [change for change in changes if not isinstance(change, Unexpected)] == []
    assert sum(change.identity.kind == kind for change in changes) >= least


def test_a_cast_of_postgresql_s_own_types_which_only_a_superuser_can_plant_fails_its_own_tenant(matrix: Matrix) -> None:
    """No search path keeps a cast out: it runs as the scanner, in a transaction that only reads."""
    as_owner = """
    CREATE ROLE caster; SET ROLE caster;
    DO $do$ BEGIN CREATE CAST (oid AS text) WITH INOUT; RAISE 'it was planted';
    EXCEPTION WHEN insufficient_privilege THEN NULL; END $do$; RESET ROLE; DROP ROLE caster;
    """
    assert matrix.scan(TRAP + as_owner + CAST_OF_OIDS).failure == "protocol: the server said: caught"


ON_LOGIN = """
CREATE FUNCTION public.enter() RETURNS event_trigger LANGUAGE plpgsql AS $do$ BEGIN {} END $do$;
CREATE EVENT TRIGGER enter ON login EXECUTE FUNCTION public.enter();
"""
IN_OUR_SESSION = """
    SET search_path = pg_temp, public;
    SET quote_all_identifiers = on;
    SET DateStyle = 'SQL, DMY';
    SET standard_conforming_strings = off;
    CREATE TEMP TABLE pg_class (oid oid, relname name, relnamespace oid);
    CREATE TEMP TABLE pg_namespace (oid oid, nspname name);
    CREATE TEMP VIEW pg_roles AS SELECT ''::name AS rolname, false AS rolsuper;
    CREATE DOMAIN pg_temp.oid AS text;
    CREATE FUNCTION pg_temp.format_type(oid, int) RETURNS text LANGUAGE sql AS $$ SELECT 'planted' $$;
    CREATE OPERATOR pg_temp.= (PROCEDURE = pg_catalog.int84eq, LEFTARG = int8, RIGHTARG = int4);
    PREPARE fleetdrift AS SELECT 1;
    PERFORM pg_advisory_lock(1);
"""


def test_what_a_login_event_trigger_plants_in_our_own_session_is_not_taken_for_postgresql_s_own(matrix: Matrix) -> None:
    """Only so a tenant has objects in the `pg_temp` of whoever reads it."""
    undisturbed = matrix.scan(ON_LOGIN.format(""))
    seen = matrix.scan(ON_LOGIN.format(IN_OUR_SESSION))
    assert seen.group is not None
    assert undisturbed.group is not None
    assert seen.changes == ["event_trigger enter", "routine enter"]
    assert seen.tenant.status is undisturbed.tenant.status
