"""A statement keeps to one tenant only where every table of it is narrowed down by the tenant column."""

from __future__ import annotations

import pytest

from shared.contracts.tenant_filter import unfiltered_tables

SHARED = {"orders", "customers", "lines"}


def unfiltered(sql: str) -> list[str]:
    found = unfiltered_tables(sql, "tenant_id", lambda name: name.name in SHARED)
    return [f"{'perhaps ' if each.perhaps else ''}{each.table}" for each in found]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM orders WHERE tenant_id = $1",
        "SELECT * FROM orders o WHERE o.id = $2 AND $1::uuid = o.tenant_id::uuid",
        "SELECT * FROM orders WHERE (tenant_id, id) = ($1, $2)",
        "SELECT * FROM orders WHERE tenant_id = ANY($1) AND total > 0",
        "SELECT * FROM orders WHERE tenant_id = $1 OR (tenant_id = $2 AND open)",
        "SELECT * FROM orders o JOIN customers c ON c.tenant_id = o.tenant_id AND c.id = o.id WHERE o.tenant_id = $1",
        "SELECT * FROM orders o JOIN customers c USING (tenant_id) WHERE tenant_id = $1",
        "SELECT * FROM orders o LEFT JOIN lines l USING (tenant_id, id) WHERE o.tenant_id = $1",
        "SELECT * FROM tenants t JOIN orders o ON o.tenant_id = t.id WHERE t.slug = $1",
        "SELECT * FROM orders o WHERE tenant_id = $1 AND EXISTS (SELECT FROM lines l WHERE l.tenant_id = o.tenant_id)",
        "WITH mine AS (SELECT * FROM orders WHERE tenant_id = $1) SELECT * FROM mine",
        "WITH orders AS (SELECT 1) SELECT * FROM orders",
        "WITH mine AS (SELECT * FROM orders WHERE tenant_id = $1) SELECT * FROM lines JOIN mine USING (tenant_id, id)",
        "SELECT * FROM countries",
        "SELECT * FROM orders WHERE tenant_id = $1 UNION SELECT * FROM orders WHERE tenant_id = $2",
        "UPDATE orders SET open = false WHERE tenant_id = $1 AND id = $2",
        "UPDATE orders o SET open = false FROM customers c WHERE c.tenant_id = o.tenant_id AND o.tenant_id = $1",
        "DELETE FROM orders USING customers c WHERE orders.tenant_id = $1 AND c.tenant_id = $1",
        "INSERT INTO orders (tenant_id, id) VALUES ($1, $2)",
        "INSERT INTO orders SELECT * FROM lines WHERE tenant_id = $1",
        "MERGE INTO orders o USING (SELECT 1) s ON o.tenant_id = $1 WHEN MATCHED THEN DELETE",
        "COPY orders FROM STDIN",
        "this is no SQL",
    ],
)
def test_a_statement_that_keeps_to_one_tenant_is_quiet(sql):
    assert unfiltered(sql) == []


@pytest.mark.parametrize(
    ("sql", "tables"),
    [
        ("SELECT * FROM orders", ["orders"]),
        ("SELECT * FROM app.orders WHERE id = $1", ["app.orders"]),
        ("SELECT * FROM orders WHERE tenant_id <> $1", ["orders"]),
        ("SELECT * FROM orders WHERE tenant_id = $1 OR id = $2", ["orders"]),
        ("SELECT * FROM orders o JOIN customers c ON c.id = o.customer WHERE o.tenant_id = $1", ["customers"]),
        ("SELECT * FROM orders o JOIN customers c ON c.tenant_id = o.tenant_id", ["customers", "orders"]),
        ("SELECT * FROM orders o JOIN customers c USING (tenant_id)", ["customers", "orders"]),
        ("SELECT (SELECT count(*) FROM lines) FROM orders WHERE tenant_id = $1", ["lines"]),
        ("SELECT * FROM orders WHERE tenant_id = $1 UNION ALL SELECT * FROM orders", ["orders"]),
        ("WITH mine AS (SELECT * FROM orders) SELECT * FROM mine WHERE tenant_id = $1", ["perhaps orders"]),
        ("SELECT * FROM (SELECT * FROM orders) o WHERE o.tenant_id = $1", ["perhaps orders"]),
        ("SELECT * FROM (SELECT * FROM orders) o WHERE o.id = $1", ["orders"]),
        (
            "SELECT * FROM (SELECT * FROM orders) o JOIN lines l ON l.tenant_id = o.tenant_id WHERE l.tenant_id = $1",
            ["perhaps orders"],
        ),
        ("UPDATE orders SET open = false WHERE id = $1", ["orders"]),
        ("UPDATE orders SET tenant_id = $1", ["orders"]),
        ("DELETE FROM orders", ["orders"]),
        ("INSERT INTO orders SELECT * FROM lines", ["lines"]),
        ("MERGE INTO orders o USING lines l ON o.id = l.id WHEN MATCHED THEN DELETE", ["lines", "orders"]),
        ("COPY orders TO STDOUT", ["orders"]),
    ],
)
def test_a_table_whose_rows_are_taken_of_every_tenant_is_named(sql, tables):
    assert unfiltered(sql) == tables
