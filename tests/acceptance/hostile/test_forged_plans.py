"""A plan file that somebody wrote into, and a progress file older than its tenants: neither decides anything."""

from __future__ import annotations

import msgspec
import pytest

from coordinator.apply.admission import ApplyRefusedError, Permissions
from coordinator.apply.outcome import OutcomeKind
from shared.diff.changes import ChangeKind
from shared.remediation.plan import Plan, Statement
from shared.schema.identity import ObjectId
from tests.integration.apply.conftest import anyio_backend, database, host  # noqa: F401  # fixtures
from tests.integration.apply.test_apply_to_tenants import (
    OBSERVED,
    WITH_ODD,
    Tenants,
    tenants,  # noqa: F401  # a fixture
)

pytestmark = pytest.mark.anyio

TABLE = ObjectId(kind="table", namespace="public", name="orders")


def with_statement(plan: Plan, sql: str, **more) -> Plan:
    forged = Statement(sql=sql, object=TABLE, change=ChangeKind.ALTERED, **more)
    return msgspec.structs.replace(plan, statements=(*plan.statements, forged))


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE ROLE pwned LOGIN CREATEROLE",
        "ALTER ROLE changer SUPERUSER",
        "GRANT pg_read_all_data TO changer",
        "/* CREATE TABLE */ DROP ROLE reader",
        "SELECT 1; CREATE ROLE pwned",
    ],
)
@pytest.mark.parametrize("unproven", [False, True])
async def test_a_plan_with_a_statement_about_roles_is_refused_whoever_insists(
    tenants: Tenants,  # noqa: F811  # the fixture
    sql: str,
    unproven: bool,
):
    plan = await tenants.report(desired=WITH_ODD)
    tenants.save(with_statement(plan, sql))
    with pytest.raises(ApplyRefusedError, match=r"about roles, databases or tablespaces, .* was changed after"):
        await tenants.apply("a", permissions=Permissions(unproven=unproven))
    assert await tenants.shape("a") == plan.observed
    exists = "SELECT count(*) FROM pg_roles WHERE rolname = 'pwned'"
    assert await tenants.connections["a"].fetchval(exists) == 0


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE orders SET note = 'stolen'",
        "DO $$BEGIN UPDATE public.orders SET note = 'stolen'; END$$",
        "ANALYZE orders",
        "SELECT lo_from_bytea(0, 'x')",
    ],
)
async def test_a_statement_that_planning_again_does_not_make_is_refused(
    tenants: Tenants,  # noqa: F811  # the fixture
    sql: str,
):
    plan = await tenants.report(desired=WITH_ODD)
    tenants.save(with_statement(plan, sql))
    with pytest.raises(
        ApplyRefusedError, match=r"planning again, .* does not make the statement for table public.orders"
    ):
        await tenants.apply("a")
    assert await tenants.shape("a") == plan.observed
    assert await tenants.connections["a"].fetchval("SELECT count(*) FROM orders WHERE note = 'stolen'") == 0


async def test_a_destructive_statement_that_hides_its_mark_or_its_hazards_is_refused(
    tenants: Tenants,  # noqa: F811  # the fixture
):
    plan = await tenants.report()
    assert any(statement.destructive for statement in plan.statements)
    harmless = tuple(msgspec.structs.replace(s, destructive=False, hazards=()) for s in plan.statements)
    tenants.save(msgspec.structs.replace(plan, statements=harmless, remaining=()))
    with pytest.raises(ApplyRefusedError, match="does not make the statement for"):
        await tenants.apply("a")
    assert await tenants.shape("a") == plan.observed


async def test_a_tenant_that_was_restored_is_not_done_before_whatever_the_progress_file_says(
    tenants: Tenants,  # noqa: F811  # the fixture
):
    plan = await tenants.report(desired=WITH_ODD)
    assert {outcome.kind for outcome in (await tenants.apply()).values()} == {OutcomeKind.DONE}
    a, b = tenants.connections["a"], tenants.connections["b"]
    restored = f"DROP TABLE items, orders; SET SESSION AUTHORIZATION changer; {OBSERVED}; RESET SESSION AUTHORIZATION"
    await a.execute(restored)
    await b.execute("ALTER TABLE orders ALTER place TYPE bigint")
    gone = tenants.places["c"]
    tenants.connections["c"].terminate()
    await a.execute(f"DROP DATABASE {gone} WITH (FORCE)")
    outcomes = await tenants.apply()
    await a.execute(f"CREATE DATABASE {gone}")  # for the fixture to drop
    kinds = {tenant: outcome.kind for tenant, outcome in outcomes.items()}
    assert kinds == {"a": OutcomeKind.DONE, "b": OutcomeKind.REFUSED, "c": OutcomeKind.NOT_REACHED}
    assert "  a: the progress file says that it is done, and its schema says otherwise" in tenants.said
    assert await tenants.shape("a") == plan.desired
