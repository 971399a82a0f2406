"""What a plan does to keep owners and grants takes one line where people read it."""

from __future__ import annotations

import io

from rich.console import Console

from coordinator.report.renderers.group_text import print_plan
from shared.diff.changes import ChangeKind
from shared.kinds.step import Role
from shared.remediation.kept_sql import (
    RESTORE_SUMMARY,
    Kept,
    keep_sql,
    keep_summary,
    restore_sql,
)
from shared.remediation.plan import Plan, Statement
from shared.remediation.script import render_script
from shared.schema.identity import ObjectId

VIEW = ObjectId(kind="view", namespace="public", name="v")
KEPT = [Kept(catalog="pg_class", spelling='VIEW "public"."v"', id="1", target='TABLE "public"."v"')]


def plan(*, destructive: bool) -> Plan:
    parts = (
        (Role.KEEP, keep_sql(KEPT, ()), keep_summary(KEPT, ())),
        (Role.DROP, 'DROP VIEW "public"."v"', ""),
        (Role.RESTORE, restore_sql(KEPT, ()), RESTORE_SUMMARY),
    )
    statements = tuple(
        Statement(sql=sql, object=VIEW, change=ChangeKind.ALTERED, role=role, summary=summary, destructive=destructive)
        for role, sql, summary in parts
    )
    return Plan(desired="d", observed="o", statements=statements)


def test_the_text_report_says_it_in_a_line() -> None:
    stream = io.StringIO()
    print_plan(Console(file=stream, width=120), plan(destructive=False))
    text = stream.getvalue()
    assert "-- Notes owner, grants, comments, labels of what is dropped below" in text
    assert "-- Gives it back." in text
    assert "jsonb" not in text


def test_a_script_runs_it_and_leaves_it_out_of_comments() -> None:
    assert "jsonb" in render_script(plan(destructive=True), destructive=True)
    withheld = render_script(plan(destructive=True))
    assert "jsonb" not in withheld
    assert '-- DROP VIEW "public"."v";' in withheld


def test_no_other_block_is_taken_for_it() -> None:
    block = Statement(sql="DO 'BEGIN EXECUTE 1; END'", object=VIEW, change=ChangeKind.ALTERED, role=Role.SET)
    assert not block.keeps_facts
