"""What the scratch server cannot rebuild is unverified with what depends on it; the rest is compared and proven."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from shared.analysis.analysis import Analysis
from shared.analysis.pipeline import analyse
from shared.analysis.request import AnalysisRequest, SpeltBy
from shared.contracts.contract import Contract, Query, VerdictStatus
from shared.diff.changes import Altered, Unverified
from shared.postgres.scratch import ScratchServer
from shared.remediation.plan import ProofStatus
from shared.schema.relations import Column
from shared.schema.schema import Schema, Snapshot, Spec, SpecSource
from tests.integration.spellings.tenants import Tenants

# An operator class wants a superuser, whom the scratch role is not.
ALIEN = """
CREATE OPERATOR CLASS backwards FOR TYPE int USING btree AS
    OPERATOR 1 >, OPERATOR 2 >=, OPERATOR 3 =, OPERATOR 4 <=, OPERATOR 5 <, FUNCTION 1 btint4cmp(int, int);
"""
SHOP = """
CREATE TABLE orders (id int PRIMARY KEY, state varchar(9) CHECK (state IN ('new', 'paid')), total int, note text);
CREATE VIEW known AS SELECT id, state IN ('new', 'paid') AS known FROM orders;
"""
ODD = """
CREATE TYPE odd;
CREATE FUNCTION odd_in(cstring) RETURNS odd LANGUAGE internal IMMUTABLE STRICT AS 'textin';
CREATE FUNCTION odd_out(odd) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'textout';
CREATE TYPE odd (INPUT = odd_in, OUTPUT = odd_out, LIKE = text);
ALTER TABLE orders ADD odd odd;
"""
ON_ALIEN = "CREATE INDEX backwards_index ON orders (total backwards);"


@pytest.fixture
def shop(tenants: Tenants) -> str:
    return tenants.create(SHOP + ALIEN + ON_ALIEN)


def analysed(
    scratch: ScratchServer,
    desired: Snapshot,
    observed: Snapshot,
    *,
    spelt_by: SpeltBy = SpeltBy.OWN_SERVER,
    contracts: tuple[Contract, ...] = (),
) -> Analysis:
    request = AnalysisRequest(
        spec=Spec(snapshot=desired, source=SpecSource(declarations=())),
        snapshot=observed,
        contracts=contracts,
        desired_spelt_by=spelt_by,
    )
    return asyncio.run(analyse(scratch, request))


@pytest.mark.parametrize("spelt_by", [SpeltBy.OWN_SERVER, SpeltBy.SAME_MAJOR])
def test_a_tenant_with_such_an_object_does_not_drift_from_its_own_dump(scratch, tenants, shop, spelt_by):
    desired, observed = tenants.snapshot(shop), tenants.snapshot(tenants.restored(shop))
    assert desired.schema != observed.schema, "the restore has changed the spelling of the check and of the view"
    assert analysed(scratch, desired, observed, spelt_by=spelt_by).diff.changes == ()


def test_drift_beside_it_is_found_and_its_plan_is_proven(scratch, tenants, shop):
    observed = tenants.create(SHOP.replace("note text", "note varchar(5)") + ALIEN + ON_ALIEN)
    found = analysed(scratch, tenants.snapshot(shop), tenants.snapshot(observed))
    [change] = found.diff.changes
    assert isinstance(change, Altered)
    assert (change.identity.name, change.fields) == ("note", ("type",))
    assert not found.unverified
    assert found.plan.proof.status is ProofStatus.PROVEN


def test_what_differs_in_it_is_unverified_with_the_reason_and_nothing_is_done_to_it(scratch, tenants, shop):
    observed = tenants.create(
        SHOP + ALIEN + "CREATE INDEX backwards_index ON orders (total backwards) WHERE total > 0;"
    )
    found = analysed(scratch, tenants.snapshot(shop), tenants.snapshot(observed))
    [change] = found.diff.changes
    assert isinstance(change, Unverified)
    assert change.identity.name == "backwards_index"
    assert "operator family public.backwards(btree) cannot be rebuilt" in change.reason
    assert "must be superuser" in change.reason
    assert not found.plan.statements


def test_what_is_missing_is_missing_though_it_cannot_be_rebuilt(scratch, tenants, shop):
    observed = tenants.create(SHOP + ALIEN)
    found = analysed(scratch, tenants.snapshot(shop), tenants.snapshot(observed))
    assert [(change.identity.name, type(change).__name__) for change in found.diff.changes] == [
        ("backwards_index", "Missing")
    ]
    assert found.plan.proof.status is ProofStatus.UNPROVEN
    assert "about what cannot be tried" in found.plan.proof.reason


def test_a_column_that_cannot_be_made_leaves_its_table(scratch, tenants, shop):
    """As a column of an unknown collation does: CREATE TABLE fails at it."""

    def with_unknown_type(snapshot: Snapshot) -> Snapshot:
        objects = (
            msgspec.structs.replace(item, type="nowhere") if isinstance(item, Column) and item.name == "note" else item
            for item in snapshot.schema
        )
        return msgspec.structs.replace(snapshot, schema=Schema(tuple(objects)))

    desired = with_unknown_type(tenants.snapshot(shop))
    observed = with_unknown_type(tenants.snapshot(tenants.create(SHOP.replace("total int", "total bigint"))))
    found = analysed(scratch, desired, observed)
    assert {change.identity.name for change in found.diff.changes} == {"total", "backwards", "backwards_index"}
    assert not any(isinstance(change, Unverified) for change in found.diff.changes)


def test_queries_that_do_not_need_it_are_judged_and_those_that_do_are_unverified(scratch, tenants):
    desired = tenants.snapshot(tenants.create(SHOP + ODD))
    observed = tenants.snapshot(tenants.create(SHOP.replace(", note text", "") + ODD))
    texts = ("SELECT note FROM orders", "SELECT id FROM orders", "SELECT odd FROM orders")
    queries = tuple(Query(file="a.rs", line=n, macro="query", sql=sql) for n, sql in enumerate(texts, 1))
    found = analysed(scratch, desired, observed, contracts=(Contract(service="shop", queries=queries),))
    assert {(v.line, v.status) for v in found.verdicts} == {(1, VerdictStatus.VIOLATED), (3, VerdictStatus.UNVERIFIED)}
