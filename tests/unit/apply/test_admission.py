"""What may run: proven, not destructive, and for the tenants it was made for, unless the user insists."""

from __future__ import annotations

import pytest

from coordinator.apply.admission import ApplyRefusedError, Permissions, admit, choose_tenants
from shared.diff.changes import ChangeKind, Unexpected, Unverified
from shared.remediation.plan import Plan, Proof, ProofStatus, Statement
from shared.schema.identity import ObjectId
from shared.schema.relations import Index

INDEX = ObjectId(kind="index", namespace="public", name="i")
MAKE = Statement(sql="CREATE INDEX i ON t (a)", object=INDEX, change=ChangeKind.MISSING)
LOSE = Statement(sql="DROP TABLE t", object=INDEX, change=ChangeKind.UNEXPECTED, destructive=True)
EXTRA = Index(namespace="public", name="i", table="t", definition="…")


def plan(*statements: Statement, status: ProofStatus = ProofStatus.PROVEN, reason: str = "", **rest) -> Plan:
    return Plan(desired="d", observed="o", statements=statements, proof=Proof(status, reason), **rest)


def test_a_proven_plan_is_admitted_whole():
    admitted = admit(plan(MAKE), Permissions())
    assert admitted.statements == (MAKE,)
    assert admitted.complete


@pytest.mark.parametrize(
    ("status", "reason", "told"),
    [
        (ProofStatus.UNPROVEN, "column t.a still differs", "column t.a still differs"),
        (ProofStatus.NOT_ATTEMPTED, "", "it was not tried on a copy"),
    ],
)
def test_a_plan_that_is_not_proven_needs_unproven(status, reason, told):
    message = rf"the plan is not proven \({told}\); --unproven applies it all the same"
    with pytest.raises(ApplyRefusedError, match=message):
        admit(plan(MAKE, status=status, reason=reason), Permissions())
    assert admit(plan(MAKE, status=status), Permissions(unproven=True)).statements == (MAKE,)


def test_destructive_statements_run_only_by_choice():
    left = admit(plan(MAKE, LOSE, remaining=(Unexpected(EXTRA),)), Permissions())
    assert (left.statements, left.left_out, left.complete) == ((MAKE,), (LOSE,), False)
    whole = admit(plan(MAKE, LOSE, remaining=(Unexpected(EXTRA),)), Permissions(destructive=True))
    assert (whole.statements, whole.left_out, whole.complete) == ((MAKE, LOSE), (), True)
    assert left.id != whole.id


def test_what_is_unverified_keeps_a_plan_from_being_complete():
    assert not admit(plan(MAKE, remaining=(Unverified(INDEX, "unknown"),)), Permissions()).complete


def test_a_plan_of_destructive_statements_alone_says_what_it_needs():
    with pytest.raises(ApplyRefusedError, match="every statement of the plan is destructive; --destructive"):
        admit(plan(LOSE), Permissions())


def test_a_plan_without_statements_is_refused():
    with pytest.raises(ApplyRefusedError, match="nothing can be put right by SQL"):
        admit(plan(), Permissions())


def test_named_tenants_keep_their_order_so_that_the_user_chooses_the_canary():
    assert choose_tenants(("c", "a", "c"), ("a", "b", "c"), whole_group=False) == ("c", "a")


def test_the_whole_group_is_taken_sorted():
    assert choose_tenants((), ("a", "b"), whole_group=True) == ("a", "b")


@pytest.mark.parametrize(
    ("named", "group", "whole", "message"),
    [
        ((), ("a",), False, "either --tenants a,b or --all-of-group"),
        (("a",), ("a",), True, "either --tenants a,b or --all-of-group"),
        ((), (), True, "the plan was made for no group"),
        (("z",), ("a",), False, "the plan was not made for 'z'"),
    ],
)
def test_tenants_are_chosen_in_exactly_one_way(named, group, whole, message):
    with pytest.raises(ApplyRefusedError, match=message):
        choose_tenants(named, group, whole_group=whole)


def test_a_plan_without_a_group_takes_any_tenant():
    assert choose_tenants(("a",), (), whole_group=False) == ("a",)
