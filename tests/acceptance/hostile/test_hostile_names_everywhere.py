"""A tenant whose every object has a hostile name: scanned, told in every form, and brought back by psql."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import subprocess
import xml.etree.ElementTree as ET

import pytest

from coordinator.apply.script import plan_script
from coordinator.report.renderers.html import own_sources, render_html
from coordinator.report.renderers.json import render_json
from coordinator.report.renderers.junit import render_junit
from coordinator.report.renderers.markdown import render_markdown
from coordinator.report.renderers.sarif import render_sarif
from coordinator.report.renderers.text import Terminal, render_text
from coordinator.report.renderers.visible import visible
from shared.postgres.names.own_names import OwnNames
from shared.remediation.plan import ProofStatus
from shared.sql import quote_identifier, quote_literal
from tests.acceptance.hostile.matrix import HOSTILE, Matrix, Seen
from tests.hostile import HOSTILE_NAMES
from tests.reports import read_json


def objects(name: str) -> str:
    """Give everything a name and a text of it."""
    quoted, text = quote_identifier(name), quote_literal(name)
    number = HOSTILE_NAMES.index(name)
    return f"""
        CREATE TABLE {quoted} ({quoted} text DEFAULT {text}, CONSTRAINT {quoted} CHECK ({quoted} <> {text}));
        CREATE INDEX index_{number} ON {quoted} ({quoted}) WHERE {quoted} <> {text};
        CREATE TYPE {quote_identifier(name[:50] + "_type")} AS ENUM ({text});
        CREATE FUNCTION {quote_identifier(name[:50] + "_f")}({quoted} text) RETURNS text LANGUAGE sql AS
            {quote_literal("SELECT " + text)};
        CREATE VIEW {quote_identifier(name[:50] + "_view")} AS SELECT {quoted}, {text} AS said FROM {quoted};
        CREATE SCHEMA {quoted};
    """


ALL = "".join(objects(name) for name in HOSTILE_NAMES)


@pytest.fixture(scope="module")
def seen(matrix: Matrix) -> Seen:
    return matrix.scan(ALL)


def test_every_object_is_read_and_the_plan_is_proven(seen: Seen) -> None:
    assert seen.group is not None
    assert seen.group.plan is not None
    assert seen.group.plan.proof.status is ProofStatus.PROVEN, seen.group.plan.proof
    names = {change.identity.name for change in seen.group.diff.changes}
    assert set(HOSTILE_NAMES) <= names


def test_the_plan_run_by_psql_brings_the_tenant_back(matrix: Matrix, seen: Seen) -> None:
    """Each object of it is dropped: with all that destroys something, for no other way leads back."""
    assert seen.group is not None
    assert seen.group.plan is not None
    script = plan_script(seen.group.plan, OwnNames(), destructive=True, title=seen.group.id)
    done = subprocess.run(
        [matrix.server.binaries / "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", "-", matrix.server.dsn(HOSTILE)],
        input=script, capture_output=True, text=True, check=False, cwd=matrix.folder,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    left = matrix.seen()
    withheld = {change.identity for change in seen.group.plan.remaining}
    assert left.group is None or {change.identity for change in left.group.diff.changes} <= withheld


def test_the_report_of_a_scan_is_well_formed_in_every_form(seen: Seen) -> None:
    report = seen.report
    assert read_json(render_json(report)) == report
    assert json.loads(render_sarif(report))["runs"]
    cases = [case.get("name") for case in ET.fromstring(render_junit(report)).iter("testcase")]
    assert len(cases) == len(report.body.tenants)
    for text in (render_text(report, Terminal(width=100)), render_markdown(report), render_html(report)):
        assert {character for character in text if not character.isprintable()} <= {"\n", "\t"}
    page = render_html(report)
    [own] = re.findall(r"<script[^>]*>(.*?)</script", page, re.DOTALL | re.IGNORECASE)
    assert own_sources().endswith(f"'sha256-{base64.b64encode(hashlib.sha256(own.encode()).digest()).decode()}'")
    assert page.lower().count("<script") == 1
    assert "<img" not in page
    assert visible("\x1b[2J\x1b[31mescape\x1b[0m") in render_text(report, Terminal(width=100))
