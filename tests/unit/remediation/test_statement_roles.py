"""What a statement does is written on it, so that nobody reads its SQL to find out."""

from __future__ import annotations

import msgspec
import pytest

from shared.diff.changes import ChangeKind
from shared.kinds.step import Role
from shared.postgres.writing.apply import built_alone
from shared.remediation.plan import Plan, Statement
from shared.remediation.progress import Progress
from shared.remediation.script import render_script
from shared.remediation.stages import Stage
from shared.remediation.witness import trace_of
from shared.schema.identity import ObjectId, QualifiedName

TABLE = ObjectId(kind="table", namespace="n", name="t")
COLUMN = ObjectId(kind="column", namespace="n", parent="t", name="c")
INDEX = ObjectId(kind="index", namespace="n", name="i")
VIEW = ObjectId(kind="view", namespace="n", name="v")
LAST = Stage((Statement(sql="SELECT 1", object=TABLE, change=ChangeKind.ALTERED, role=Role.SET),))


def statement(
    role: Role, about: ObjectId = TABLE, change: ChangeKind = ChangeKind.ALTERED, sql: str = "…"
) -> Statement:
    return Statement(sql=sql, object=about, change=change, role=role)


def is_noted(*statements: Statement) -> bool:
    """Say whether a script of two stages notes that it has run the first."""
    return bool(list(Progress(Plan(desired="", observed=""), (Stage(statements), LAST)).note(0)))


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ALTER])
def test_a_role_travels_in_json(role: Role):
    sent = msgspec.json.encode(statement(role))
    assert msgspec.json.decode(sent, type=Statement) == statement(role)
    assert f'"role":"{role}"'.encode() in sent


def test_a_document_that_names_no_role_is_read_as_a_change_that_may_not_be_run_again():
    sent = msgspec.json.encode(statement(Role.ALTER))
    assert b"role" not in sent
    assert msgspec.json.decode(sent, type=Statement).role is Role.ALTER


@pytest.mark.parametrize("role", [Role.CREATE, Role.REPLACE])
def test_what_makes_a_missing_object_is_seen_by_the_object(role: Role):
    condition = trace_of([statement(role, change=ChangeKind.MISSING)])
    assert condition is not None
    assert condition.startswith("EXISTS (SELECT FROM pg_catalog.pg_class c")


def test_what_drops_an_unexpected_object_is_seen_by_its_absence():
    condition = trace_of([statement(Role.DROP, change=ChangeKind.UNEXPECTED)])
    assert condition is not None
    assert condition.startswith("NOT EXISTS (SELECT FROM pg_catalog.pg_class c")


def test_a_stage_has_been_run_only_when_all_that_it_makes_is_there_and_all_that_it_removes_is_gone():
    made, gone = statement(Role.CREATE, change=ChangeKind.MISSING), statement(Role.DROP, VIEW, ChangeKind.UNEXPECTED)
    alone = [trace_of([made]), trace_of([gone])]
    assert trace_of([made, gone]) == "\n    AND ".join(map(str, alone))


def test_what_another_stage_makes_or_removes_as_well_is_no_trace():
    gone = statement(Role.DROP, INDEX, ChangeKind.UNEXPECTED)
    key = ObjectId(kind="constraint", namespace="n", parent="t", name="i")
    later = statement(Role.CREATE, key, ChangeKind.MISSING)
    made = statement(Role.CREATE, VIEW, ChangeKind.MISSING)
    assert trace_of([gone, made], [later]) == trace_of([made])
    assert trace_of([gone], [later]) is None


def test_what_hangs_on_a_table_that_comes_needs_no_trace_of_its_own():
    table, column = (statement(Role.CREATE, about, ChangeKind.MISSING) for about in (TABLE, COLUMN))
    assert trace_of([table, column]) == trace_of([table])


@pytest.mark.parametrize(
    ("role", "change"),
    [
        (Role.DROP, ChangeKind.MISSING),
        (Role.CREATE, ChangeKind.UNEXPECTED),
        (Role.CREATE, ChangeKind.ALTERED),
        (Role.DROP, ChangeKind.ALTERED),
        (Role.PREPARE, ChangeKind.MISSING),
        (Role.DISCARD, ChangeKind.UNEXPECTED),
    ],
)
def test_nothing_else_leaves_a_trace(role: Role, change: ChangeKind):
    assert trace_of([statement(role, change=change)]) is None


def test_a_default_that_speaks_of_adding_is_no_trace_of_a_column():
    sql = """ALTER TABLE ONLY "n"."t" ALTER COLUMN "c" SET DEFAULT ' ADD '"""
    assert trace_of([statement(Role.SET, COLUMN, ChangeKind.MISSING, sql)]) is None


def test_a_column_whose_check_is_validated_is_seen_by_the_check():
    condition = trace_of([statement(Role.VALIDATE, COLUMN)])
    assert condition is not None
    assert condition.startswith("NOT EXISTS (SELECT FROM pg_catalog.pg_constraint p")
    assert "p.conname = 'fleetdrift_not_null_c' AND NOT p.convalidated" in condition


def test_the_constraint_of_another_object_leaves_no_trace_when_it_is_validated():
    assert (
        trace_of([statement(Role.VALIDATE, ObjectId(kind="constraint", namespace="n", parent="t", name="k"))]) is None
    )


@pytest.mark.parametrize("role", [Role.REPLACE, Role.SET, Role.VALIDATE, Role.PREPARE, Role.KEEP, Role.RESTORE])
def test_what_can_be_run_again_is_not_noted(role: Role):
    assert not is_noted(statement(role))


@pytest.mark.parametrize("role", [Role.CREATE, Role.ALTER, Role.DROP, Role.DISCARD])
def test_what_cannot_be_run_again_is_noted(role: Role):
    assert is_noted(statement(role))


def test_what_is_dropped_and_made_again_in_one_transaction_can_be_run_again():
    assert not is_noted(statement(Role.DROP, VIEW), statement(Role.CREATE, VIEW))
    assert is_noted(statement(Role.CREATE, VIEW), statement(Role.DROP, VIEW))
    assert is_noted(statement(Role.DROP, VIEW), statement(Role.CREATE, INDEX))


def test_a_plan_of_two_transactions_is_noted_when_its_first_cannot_be_run_again():
    assert list(Progress(Plan(desired="", observed=""), (LAST, Stage((statement(Role.ALTER),)))).note(0)) == []


@pytest.mark.parametrize(
    ("role", "written", "run"),
    [
        (Role.CREATE, "CREATE INDEX CONCURRENTLY i", "CREATE INDEX CONCURRENTLY IF NOT EXISTS i"),
        (Role.PREPARE, "CREATE UNIQUE INDEX CONCURRENTLY i", "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i"),
        (Role.DROP, "DROP INDEX CONCURRENTLY i", "DROP INDEX CONCURRENTLY IF EXISTS i"),
        (Role.SET, "ALTER TYPE e ADD VALUE IF NOT EXISTS 'x'", "ALTER TYPE e ADD VALUE IF NOT EXISTS 'x'"),
    ],
)
def test_a_script_can_be_run_again_where_no_transaction_protects_it(role: Role, written: str, run: str):
    alone = msgspec.structs.replace(statement(role, INDEX, sql=written), transactional=False)
    lines = render_script(Plan(desired="d", observed="o", statements=(alone,))).splitlines()
    assert f"{run};" in lines
    assert any("NOT i.indisvalid" in line for line in lines) == (role in (Role.CREATE, Role.PREPARE))


@pytest.mark.parametrize("role", list(Role))
def test_only_what_builds_an_index_can_leave_an_invalid_one(role: Role):
    alone = msgspec.structs.replace(statement(role, INDEX), transactional=False)
    left = {QualifiedName("n", "i")} if role in (Role.CREATE, Role.PREPARE) else set()
    assert built_alone((Stage((alone,), transactional=False),)) == left
