"""Namespaces of tenants stand on what they share: extensions, tables and functions of `public`."""

# ruff: noqa: E501  # SQL reads better on one line

from __future__ import annotations

import asyncio

import pytest

from coordinator.apply.admission import Permissions, admit
from coordinator.apply.rehearsal import Rehearsal
from coordinator.report.model import ScanReport, TenantStatus
from shared.postgres.names.own_names import OwnNames
from shared.postgres.names.tenant_sql import for_tenant
from shared.remediation.plan import ProofStatus
from shared.schema.profile import Profile
from tests.integration.spellings.fleets import Place, scan

SHARED = """
CREATE EXTENSION citext; CREATE EXTENSION IF NOT EXISTS pg_trgm -- for search
;
CREATE TABLE public.countries (id int PRIMARY KEY, name public.citext);
CREATE TABLE public.base (made timestamptz DEFAULT now());
CREATE TYPE public.currency AS ENUM ('eur', 'usd');
CREATE FUNCTION public.audit() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
"""
OWN = """
CREATE TABLE people (id bigserial PRIMARY KEY, name public.citext UNIQUE, country int REFERENCES public.countries, pays public.currency DEFAULT 'eur');
CREATE INDEX by_name ON people USING gin ((name::text) public.gin_trgm_ops);
CREATE TABLE dated (LIKE public.countries INCLUDING ALL, more text) INHERITS (public.base);
CREATE VIEW named AS SELECT p.name, c.name AS country FROM people p LEFT JOIN public.countries c ON c.id = p.country;
CREATE TRIGGER audit BEFORE UPDATE ON people FOR EACH ROW EXECUTE FUNCTION public.audit();
"""
DRIFT = "DROP VIEW odd.named; DROP INDEX odd.by_name; ALTER TABLE odd.people DROP CONSTRAINT people_country_fkey; DROP TRIGGER audit ON odd.people"
NAMESPACES = ("acme", "tenant_2", "odd")


@pytest.fixture(scope="module")
def database(tenants) -> str:
    made = "".join(f"CREATE SCHEMA {name}; SET search_path = {name};{OWN}RESET search_path;" for name in NAMESPACES)
    return tenants.create(SHARED + made + DRIFT)


@pytest.fixture(scope="module")
def report(database, memory_server, scratch, tmp_path_factory) -> ScanReport:
    name = database.split("@/")[1].split("?")[0]
    places = {namespace: Place("one", name, namespace) for namespace in NAMESPACES}
    return scan(tmp_path_factory.mktemp("shared"), SHARED + OWN, {"one": memory_server}, places, scratch)


def test_tenants_that_stand_on_shared_objects_are_in_sync(report):
    assert [each.tenant for each in report.body.tenants if each.status is TenantStatus.IN_SYNC] == ["acme", "tenant_2"]
    assert report.body.shapes == 2


def test_the_plan_is_rehearsed_beside_what_the_tenants_share(report, tenants, database, scratch):
    [group] = report.body.groups
    odd = tenants.snapshot(database, namespace="odd")
    rehearsal = Rehearsal(admit(group.plan, Permissions()), scratch, Profile())

    async def play() -> bool:
        base = await rehearsal.base_in(odd)
        assert base is not None
        return await rehearsal.play(base)

    assert asyncio.run(play())


def test_what_stands_on_shared_objects_is_brought_back_by_a_proven_plan(report, tenants, database):
    [group] = report.body.groups
    assert group.tenants == ("odd",)
    assert group.plan.proof.status is ProofStatus.PROVEN, group.plan.proof
    tenants.run(
        database, ";".join(for_tenant(statement.sql, OwnNames(namespace="odd")) for statement in group.plan.statements)
    )
    shapes = {tenants.snapshot(database, namespace=name).fingerprint for name in NAMESPACES}
    assert len(shapes) == 1
