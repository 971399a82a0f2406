"""Tenants that are namespaces of one database: one shape whatever they are called, and a drifted one is found alone."""

# ruff: noqa: E501  # SQL reads better on one line

from __future__ import annotations

from pathlib import Path

import pytest

from coordinator.report.model import ScanReport, TenantStatus
from shared.sql import quote_identifier, quote_literal
from tests.integration.spellings.fleets import Place, scan

RICH = (Path(__file__).parent / "rich.sql").read_text()
# Its types, functions and tables that the rest stands on, and bodies that name them without saying where: fifty of the
# whole would take a minute to make.
SOME = (
    RICH.partition("CREATE TABLE copies")[0]
    + """
CREATE VIEW active_customers AS SELECT * FROM customers WHERE status IN ('active', 'new');
CREATE FUNCTION open_orders(who bigint) RETURNS SETOF orders LANGUAGE sql STABLE AS $$SELECT * FROM orders WHERE customer_id = who$$;
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN UPDATE notes SET body = slug(body); RETURN new; END$$;
CREATE TRIGGER touch BEFORE INSERT ON customers FOR EACH ROW WHEN (new.mood = 'ok') EXECUTE FUNCTION touch();
CREATE POLICY own ON orders FOR SELECT USING (EXISTS (SELECT 1 FROM customers c WHERE c.id = customer_id));
"""
)
# Bodies and literals that name things of their own namespace, spelt out by whoever made the tenant.
QUALIFIED = """
CREATE FUNCTION %N.named() RETURNS bigint LANGUAGE sql STABLE SET search_path = %N, pg_temp AS $$
    SELECT count(*) FROM %N.customers c JOIN %N.orders o ON o.customer_id = c.id WHERE nextval(%R::regclass) > 0
$$;
CREATE FUNCTION %N.built() RETURNS void LANGUAGE plpgsql AS $$BEGIN INSERT INTO %N.notes VALUES (1, 'x'); PERFORM %N.slug('y'); END$$;
CREATE VIEW %N.qualified AS SELECT %R::regclass AS tickets, %N.slug(c.name) AS slug, c.mood::%N.mood FROM %N.customers c;
CREATE TABLE %N.qualified_defaults (a bigint DEFAULT nextval(%R::regclass), b %N.mood DEFAULT 'ok'::%N.mood, c regclass DEFAULT %R::regclass);
"""
NAMES = (
    *(f"tenant_{number}" for number in range(24)),
    "tenant", "mood", "x", "select", "user", "table", "a b", "UPPER", "Mixed", "ünïcode", "日本", "1st", "a-b", "a.b",
    'quo"te', "apo'strophe", "dol$lar", "$$", "back\\slash", "sla/sh", "{tenant", "{}", "%s", "new\nline", "t;--", "public_2",
    "app", "slug", "n" * 63,
)  # fmt: skip


def script(namespace: str) -> str:
    """Make one tenant."""
    quoted = quote_identifier(namespace)
    register = quote_literal(f"{quoted}.tickets")
    qualified = QUALIFIED.replace("%N", quoted).replace("%R", register)
    if "$$" in namespace:  # an author would choose another quote then
        qualified = qualified.replace("AS $$", "AS $body$").replace("$$;", "$body$;").replace("END$$", "END$body$")
    return f"CREATE SCHEMA {quoted}; SET search_path = {quoted};\n{SOME}\n{qualified}\nRESET search_path;\n"


def declared() -> str:
    """The same without a word of where: names in bodies are qualified as the tenants' are."""
    return SOME + QUALIFIED.replace("%R", "'\"{tenant}\".tickets'").replace("%N", '"{tenant}"')


@pytest.fixture(scope="module")
def report(tenants, memory_server, scratch, tmp_path_factory) -> ScanReport:
    url = tenants.create("".join(map(script, NAMES)) + script("odd_one"))
    tenants.run(url, "DROP INDEX odd_one.active; ALTER TABLE odd_one.notes ADD extra int")
    database = url.split("@/")[1].split("?")[0]
    places = {f"t{number}": Place("one", database, name) for number, name in enumerate((*NAMES, "odd_one"))}
    folder = tmp_path_factory.mktemp("namespaces")
    return scan(folder, declared(), {"one": memory_server}, places, scratch)


def test_every_namespace_is_in_sync_but_the_one_that_drifted(report):
    drifted = [result.tenant for result in report.body.tenants if result.status is not TenantStatus.IN_SYNC]
    assert [((*NAMES, "odd_one"))[int(tenant[1:])] for tenant in drifted] == ["odd_one"]


def test_all_of_them_have_one_shape(report):
    assert report.body.shapes == 2


def test_what_drifted_is_told_and_nothing_else(report):
    [group] = report.body.groups
    assert [str(change.identity) for change in group.diff.changes] == [
        "column {tenant}.notes.extra",
        "index {tenant}.active",
    ]


def test_fingerprints_are_equal_across_namespaces(tenants):
    url = tenants.create("".join(map(script, NAMES[-6:])))
    assert len({tenants.snapshot(url, namespace=name).fingerprint for name in NAMES[-6:]}) == 1
