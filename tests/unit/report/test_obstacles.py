"""What is in the way of a plan is said in every form, also where the plan has no statement at all."""

from __future__ import annotations

import json

import msgspec

from coordinator.report.judged import TenantOutcome
from coordinator.report.model import ScanReport
from coordinator.report.renderers.diff_text import render_diff
from coordinator.report.renderers.html import render_html
from coordinator.report.renderers.json import render_json
from coordinator.report.renderers.markdown import render_markdown
from coordinator.report.renderers.text import Terminal, render_text
from shared.analysis.analysis import Analysis
from shared.remediation.plan import Obstacle
from tests.reports import EMAIL_INDEX, ORDERS, analysis_of, demo_spec, report_of

SPEC = demo_spec()
REASON = "rests on table public.<b>, which stays as it is"
SENTENCE = f"{EMAIL_INDEX.identity} {REASON}"


def blocked() -> Analysis:
    analysis = analysis_of("a", SPEC, ORDERS)
    plan = msgspec.structs.replace(
        analysis.plan, remaining=analysis.diff.changes, obstacles=(Obstacle(EMAIL_INDEX.identity, REASON),)
    )
    return msgspec.structs.replace(analysis, plan=plan)


def report() -> ScanReport:
    outcomes = [TenantOutcome(tenant="t", fingerprint="a")]
    return report_of(SPEC, outcomes, {"a": blocked()}, expected_version="")


def test_the_text_of_a_report_says_what_is_in_the_way() -> None:
    assert f"in the way: {SENTENCE}" in render_text(report(), Terminal(width=200))


def test_the_text_of_a_diff_says_what_is_in_the_way() -> None:
    analysis = blocked()
    assert f"in the way: {SENTENCE}" in render_diff(analysis.diff, analysis.plan, Terminal(width=200))


def test_markdown_and_html_say_it_with_hostile_names_escaped() -> None:
    escaped = SENTENCE.replace("<b>", "&lt;b&gt;")
    assert escaped in render_html(report())
    assert "**In the way:**" in render_markdown(report())
    assert "<b>" not in render_markdown(report())


def test_json_has_the_object_and_the_reason() -> None:
    [group] = json.loads(render_json(report()))["report"]["groups"]
    assert [each["reason"] for each in group["plan"]["obstacles"]] == [REASON]
    assert group["plan"]["obstacles"][0]["object"]["name"] == EMAIL_INDEX.name
