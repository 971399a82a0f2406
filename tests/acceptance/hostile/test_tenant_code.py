"""What a statement of a plan calls of a tenant's own is said, and no superuser runs it unasked."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import patch

import asyncpg
import pytest

from coordinator.apply.admission import Permissions
from coordinator.apply.outcome import OutcomeKind
from shared.kinds.step import HazardKind
from tests.integration.apply.conftest import Open, anyio_backend, database, host
from tests.integration.apply.test_apply_to_tenants import Tenants, tenants

__all__ = ["anyio_backend", "database", "host", "tenants"]
pytestmark = pytest.mark.anyio

PLANTED = """
CREATE FUNCTION fine(int) RETURNS boolean IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN
    IF current_setting('is_superuser')::boolean THEN ALTER ROLE reader CREATEROLE; END IF; RETURN true; END $$;
"""
TABLE = "CREATE TABLE orders (id int PRIMARY KEY, place int {});"


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


def as_superuser(config):
    def changed(tenants: Tenants) -> Path:
        path: Path = config(tenants)
        text = path.read_text().replace('user = "changer"', 'user = "postgres"')
        path.write_text(text.replace("[apply]\n", "[apply]\nallow_unsafe_role = true\n"))
        return path

    return changed
