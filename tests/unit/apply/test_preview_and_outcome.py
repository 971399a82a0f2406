"""What is said before and after; nothing a tenant is called can forge a line of it."""

from __future__ import annotations

import pytest

from coordinator.apply.admission import Permissions, admit
from coordinator.apply.outcome import Outcome, OutcomeKind, exit_code
from coordinator.apply.preview import outcome_lines, plan_lines, tenant_lines
from coordinator.apply.rehearsal import Finished, Ready, UnexpectedState
from shared.diff.changes import ChangeKind
from shared.postgres.names.own_names import OwnNames
from shared.postgres.names.tenant_sql import for_tenant
from shared.remediation.plan import Plan, Proof, ProofStatus, Statement
from shared.remediation.stages import cut_stages
from shared.schema.identity import ObjectId, QualifiedName
from shared.targets import Failure, FailureKind
from tests.hostile import HOSTILE_NAMES

CODES = {"done": 0, "failed": 1, "incomplete": 3}


def outcome(kind: OutcomeKind, tenant: str = "a", message: str = "") -> Outcome:
    return Outcome(tenant=tenant, kind=kind, message=message)


@pytest.mark.parametrize(
    ("kinds", "code"),
    [
        ((OutcomeKind.DONE, OutcomeKind.DONE_BEFORE), 0),
        ((), 0),
        ((OutcomeKind.DONE, OutcomeKind.FAILED, OutcomeKind.UNTOUCHED), 1),
        ((OutcomeKind.DONE, OutcomeKind.REFUSED), 3),
        ((OutcomeKind.NOT_REACHED,), 3),
    ],
)
def test_the_exit_code_follows_from_the_outcomes(kinds, code):
    assert exit_code([outcome(kind) for kind in kinds], **CODES) == code


def test_the_preview_shows_what_runs_and_what_does_not():
    table = ObjectId(kind="table", namespace="public", name="t")
    index = Statement(
        sql="CREATE INDEX CONCURRENTLY i ON t (a)", object=table, change=ChangeKind.MISSING, transactional=False
    )
    drop = Statement(sql="DROP TABLE t", object=table, change=ChangeKind.UNEXPECTED, destructive=True)
    plan = Plan(desired="d" * 64, observed="0" * 64, statements=(index, drop), proof=Proof(ProofStatus.PROVEN))
    admitted = admit(plan, Permissions())
    text = "\n".join(plan_lines(admitted, cut_stages(admitted.statements)))
    assert text.startswith(f"Plan {admitted.id}: from schema 000000000000 to dddddddddddd; proven on a copy")
    assert "-- stage 1 of 1, outside a transaction\n-- lock_timeout 3000 ms, statement_timeout none\n" in text
    assert "\nCREATE INDEX CONCURRENTLY i ON t (a);\n" in text
    assert "left out (--destructive runs them too):\n-- DROP TABLE t;" in text


def test_each_tenant_is_told_where_it_stands():
    left = QualifiedName("public", "i")
    resumed = "(an earlier run came this far)"
    lines = list(
        tenant_lines(
            {
                "a": Ready(0),
                "b": Ready(1, (left,)),
                "c": Finished(),
                "d": UnexpectedState("has changed"),
                "e": Failure(FailureKind.REFUSED, "the connection was refused"),
            },
            2,
            (1, 5),
        )
    )
    assert lines == [
        "  a: runs stages 1 to 2",
        f"  b: runs stage 2, and first drops the invalid index {left} that a failed try left {resumed}",
        "  c: nothing is left to do",
        "  d: refused: has changed",
        "  e: not reached: the connection was refused",
        "  2 waves of 1, 1; the canary is a",
    ]


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_a_hostile_name_stays_on_its_line(name):
    outcomes = [outcome(OutcomeKind.FAILED, name, name), outcome(OutcomeKind.DONE)]
    for line in (*outcome_lines(outcomes), *tenant_lines({name: UnexpectedState(name)}, 1, (1,))):
        assert line.isprintable()


@pytest.mark.parametrize(
    ("sql", "here"),
    [
        ('CREATE TABLE "{tenant}"."t" (a int)', 'CREATE TABLE "Te""n"."t" (a int)'),
        ('ALTER DEFAULT PRIVILEGES IN SCHEMA "{tenant}" GRANT', 'ALTER DEFAULT PRIVILEGES IN SCHEMA "Te""n" GRANT'),
        ("SELECT '\"{tenant}\"', 'it''s \"{tenant}\"'", "SELECT '\"{tenant}\"', 'it''s \"{tenant}\"'"),
    ],
)
def test_a_plan_about_a_namespace_names_the_tenants_own(sql, here):
    assert for_tenant(sql, OwnNames(namespace='Te"n')) == here
    assert for_tenant(sql, OwnNames()) == sql
