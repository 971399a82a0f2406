"""What a statement of a plan calls of a tenant's own is said, and no superuser runs it unasked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

import asyncpg
import pytest

from coordinator.apply.admission import Permissions
from coordinator.apply.outcome import OutcomeKind
from shared.embedded.postgres import EmbeddedPostgres
from shared.kinds.step import HazardKind
from shared.remediation.script import render_script
from tests.integration.apply.conftest import Open, anyio_backend, database, host
from tests.integration.apply.test_apply_to_tenants import Tenants, tenants
from tests.integration.remediation.conftest import INSIST, Pair, pair

__all__ = ["anyio_backend", "database", "host", "pair", "tenants"]

PLANTED = """
CREATE FUNCTION fine(int) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN
    IF current_setting('is_superuser')::boolean THEN ALTER ROLE reader CREATEROLE; END IF; RETURN true; END $$;
"""
TABLE = "CREATE TABLE orders (id int PRIMARY KEY, place int {});"


@pytest.mark.anyio
async def test_a_superuser_runs_no_function_of_a_tenants_unless_that_is_insisted_on(
    tenants: Tenants, database: Open
) -> None:
    connection: asyncpg.Connection = await database(PLANTED + TABLE.format("") + "INSERT INTO orders VALUES (1, 1)")
    tenants.connections = {"a": connection}
    tenants.places = {"a": await connection.fetchval("SELECT current_database()")}
    plan = await tenants.report(desired=PLANTED + TABLE.format("CHECK (fine(place))"))
    said = [h.message for s in plan.statements for h in s.hazards if h.kind is HazardKind.RUNS_TENANT_CODE]
    expected = 'calls "public"."fine"(integer), which its owner can change, as the role that applies the plan'
    assert said == [expected]
    with patch.object(Tenants, "config", as_superuser(Tenants.config)):
        refused = (await tenants.apply("a"))["a"]
        assert (refused.kind, refused.message[: len(expected)]) == (OutcomeKind.REFUSED, expected)
        assert not await connection.fetchval("SELECT rolcreaterole FROM pg_roles WHERE rolname = 'reader'")
    assert (await tenants.apply("a", permissions=Permissions()))["a"].kind is OutcomeKind.DONE


STEALS = """
CREATE TABLE stolen (word text); CREATE SCHEMA other; CREATE TABLE other.secrets (word text);
CREATE FUNCTION fine(int) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO public.stolen SELECT word FROM other.secrets; RETURN true;
EXCEPTION WHEN insufficient_privilege OR undefined_table THEN RETURN true; END $$;
"""
TWO_OWNERS = """
CREATE ROLE owner_a; CREATE ROLE owner_b; GRANT owner_a, owner_b TO changer;
GRANT CREATE ON SCHEMA public TO owner_a;
ALTER FUNCTION fine OWNER TO owner_a; ALTER TABLE orders OWNER TO owner_a; ALTER TABLE stolen OWNER TO owner_a;
INSERT INTO other.secrets VALUES ('of b');
ALTER SCHEMA other OWNER TO owner_b; ALTER TABLE other.secrets OWNER TO owner_b;
"""


@pytest.mark.anyio
async def test_no_function_of_one_owner_s_runs_with_the_rights_of_another(
    tenants: Tenants, database: Open, postgres: EmbeddedPostgres
) -> None:
    """Two tenants in one database, and a role that may act for both: what one of them wrote could read the other."""
    connection: asyncpg.Connection = await database(STEALS + TABLE.format("") + "INSERT INTO orders VALUES (1, 1)")
    tenants.connections = {"a": connection}
    tenants.places = {"a": await connection.fetchval("SELECT current_database()")}
    await tenants.report(desired=STEALS + TABLE.format("CHECK (fine(place))"))
    try:
        await connection.execute(TWO_OWNERS)
        refused = (await tenants.apply("a"))["a"]
        assert refused.kind is OutcomeKind.REFUSED
        assert refused.message == (
            'calls "public"."fine"(integer), which its owner can change, as the role that applies the plan, which may '
            "act for owner_a and owner_b: apply it as another role, or insist with --tenant-code"
        )
        assert await connection.fetchval("SELECT word FROM stolen") is None
        insisted = (await tenants.apply("a", permissions=Permissions(tenant_code=True)))["a"]
        assert insisted.kind is OutcomeKind.DONE, insisted
        assert await connection.fetchval("SELECT word FROM stolen") == "of b"
    finally:
        await connection.execute("DROP OWNED BY owner_a, owner_b CASCADE; DROP ROLE owner_a, owner_b")


SUPERUSERS_ROLES = """
CREATE FUNCTION fine(int) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN
    IF current_setting('is_superuser')::boolean THEN ALTER ROLE remedy_reader CREATEROLE; END IF; RETURN true; END $$;
"""
IS_CREATEROLE = "SELECT rolcreaterole FROM pg_roles WHERE rolname = 'remedy_reader'"


def as_changer(pairs: Pair) -> None:
    pairs.run("ALTER TABLE orders OWNER TO remedy_changer; ALTER FUNCTION fine OWNER TO remedy_changer")


def checked(pair: Callable[[str, str], Pair]) -> tuple[Pair, str]:
    rows = "INSERT INTO orders VALUES (1, 1)"
    pairs = pair(SUPERUSERS_ROLES + TABLE.format("CHECK (fine(place))"), SUPERUSERS_ROLES + TABLE.format("") + rows)
    as_changer(pairs)
    return pairs, render_script(pairs.plan())


@pytest.mark.parametrize("role", ["", "SET ROLE remedy_changer;\n"], ids=["as itself", "acting for another role"])
def test_a_script_that_a_superuser_runs_stops_before_the_first_function_of_a_tenants(
    pair: Callable[[str, str], Pair], role: str
) -> None:
    """Whoever acts for another role is a superuser again as soon as the function says RESET ROLE."""
    pairs, script = checked(pair)
    done = pairs.run(role + script)
    assert done.returncode == 3, done.stderr
    assert (
        "fleetdrift: this script calls functions that the owner of the database can change, and you are a superuser: "
        "connect as the owner, or insist with psql -v run_tenant_code_as_superuser=1" in done.stderr
    )
    assert pairs.ask(IS_CREATEROLE) == ["f"]
    assert pairs.left() == ["constraint public.orders.orders_place_check"]


def test_a_superuser_who_insists_and_a_role_that_is_none_run_the_script(pair: Callable[[str, str], Pair]) -> None:
    pairs, script = checked(pair)
    assert pairs.run(script, user="remedy_changer").returncode == 0
    assert (pairs.left(), pairs.ask(IS_CREATEROLE)) == ([], ["f"])
    pairs, script = checked(pair)
    assert pairs.run(script, options=("-v", "run_tenant_code_as_superuser=0")).returncode == 3
    assert pairs.run(script, options=INSIST).returncode == 0
    assert (pairs.left(), pairs.ask(IS_CREATEROLE)) == ([], ["t"])


OWN_TYPE = """
CREATE TYPE own AS (n int);
CREATE FUNCTION less(own, own) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT false';
CREATE FUNCTION compared(own, own) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 0';
CREATE FUNCTION made(int) RETURNS own LANGUAGE sql AS 'SELECT ROW($1)::own';
CREATE OPERATOR < (PROCEDURE = less, LEFTARG = own, RIGHTARG = own);
CREATE OPERATOR CLASS owns DEFAULT FOR TYPE own USING btree AS OPERATOR 1 <, FUNCTION 1 compared(own, own);
CREATE CAST (int AS own) WITH FUNCTION made(int) AS ASSIGNMENT;
"""
REACHED = {
    "arrays compare their elements by the function of an operator class": (
        "CREATE TABLE t (a own[] {})", "", "CHECK (a <> '{}')", '"public"."compared"(public.own, public.own)'
    ),
    "another type of a column is reached by a cast": (
        "CREATE TABLE t (a {})", "int", "own", '"public"."made"(integer)'
    ),
}  # fmt: skip


@pytest.mark.parametrize(("table", "observed", "desired", "called"), REACHED.values(), ids=REACHED)
def test_what_functions_of_postgresql_s_own_call_of_a_tenant_s_is_said_too(
    pair: Callable[[str, str], Pair], table: str, observed: str, desired: str, called: str
) -> None:
    pairs = pair(OWN_TYPE + table.replace("{}", desired), OWN_TYPE + table.replace("{}", observed))
    hazards = [h for s in pairs.plan().statements for h in s.hazards if h.kind is HazardKind.RUNS_TENANT_CODE]
    assert hazards, [statement.sql for statement in pairs.plan().statements]
    assert called in hazards[0].message


def as_superuser(config):
    def changed(tenants: Tenants) -> Path:
        path: Path = config(tenants)
        text = path.read_text().replace('user = "changer"', 'user = "postgres"')
        path.write_text(text.replace("[apply]\n", "[apply]\nallow_unsafe_role = true\n"))
        return path

    return changed
