"""A query that takes the rows of every tenant is named, unless row-level security does its work."""

from __future__ import annotations

import msgspec
import pytest

from shared.contracts.contract import Contract, VerdictStatus
from shared.contracts.extract import extract_contract
from shared.schema.tenancy import Tenancy

TABLES = """CREATE TABLE countries (code text PRIMARY KEY, tenant_id uuid);
CREATE TABLE orders (tenant_id uuid NOT NULL, id bigint, status text, PRIMARY KEY (tenant_id, id))"""
SECURED = f"""{TABLES};
ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
ALTER TABLE orders FORCE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON orders USING (tenant_id = current_setting('app.tenant_id')::uuid)"""
TENANCY = Tenancy(column="tenant_id", setting="app.tenant_id", exclude=("countries",))


def service(sql: str, tenancy: Tenancy | None = TENANCY) -> Contract:
    rust = f'async fn f(p: &sqlx::PgPool) {{ sqlx::query("{sql}").execute(p).await; }}'
    return msgspec.structs.replace(extract_contract("shop", [("src/lib.rs", rust.encode())]), tenancy=tenancy)


def said(verdicts) -> list[tuple[str, VerdictStatus, bool]]:
    return [(verdict.rule, verdict.status, verdict.declared_too) for verdict in verdicts]


OPEN = [("contract-tenancy-filter", VerdictStatus.AT_RISK, True)]


def test_a_query_of_every_tenants_rows_is_the_services_own_fault(meet) -> None:
    verdicts = meet(service("UPDATE orders SET status = 'paid' WHERE id = 1"), declared=TABLES, observed=TABLES)
    assert said(verdicts) == OPEN
    assert verdicts[0].reason == (
        "the rows of orders are of every tenant: nothing asks for tenant_id, and no row-level security does"
    )


def test_a_filter_around_a_sub_select_decides_nothing(meet) -> None:
    sql = "SELECT o.id FROM (SELECT * FROM orders) o WHERE o.tenant_id = gen_random_uuid()"
    verdicts = meet(service(sql), declared=TABLES, observed=TABLES)
    assert said(verdicts) == [("contract-tenancy-filter", VerdictStatus.UNVERIFIED, True)]


@pytest.mark.parametrize(
    ("sql", "tables", "tenancy"),
    [
        ("SELECT id FROM orders WHERE tenant_id = gen_random_uuid()", TABLES, TENANCY),
        ("SELECT id FROM orders", SECURED, TENANCY),
        ("SELECT code FROM countries", TABLES, TENANCY),
        ("SELECT id FROM orders", TABLES, None),
    ],
)
def test_a_query_that_is_kept_to_one_tenant_hears_nothing(meet, sql, tables, tenancy) -> None:
    assert meet(service(sql, tenancy), declared=tables, observed=tables) == ()


def test_without_a_setting_row_level_security_does_not_do_the_querys_work(meet) -> None:
    bare = Tenancy(column="tenant_id")
    assert said(meet(service("SELECT id FROM orders", bare), declared=SECURED, observed=SECURED)) == OPEN


def test_row_level_security_that_a_tenant_lost_is_said_once(meet) -> None:
    lost = f"{SECURED};\nALTER TABLE orders DISABLE ROW LEVEL SECURITY"
    verdicts = meet(service("SELECT id FROM orders"), declared=SECURED, observed=lost)
    assert said(verdicts) == [("contract-tenant-isolation", VerdictStatus.VIOLATED, False)]
