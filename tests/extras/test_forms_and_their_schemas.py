"""SARIF and JUnit reports against the schemas that those who read them publish.

SARIF 2.1.0 as SchemaStore has it (2.1.0-rtm.5). JUnit reports have no standard: `junit-4.xsd` of Jenkins' xUnit plugin,
and what its later `junit-10.xsd` adds of which we make use, the message of a skipped test.
"""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections.abc import Callable
from functools import partial
from typing import Any

import msgspec
import pytest

from coordinator.report.contract_report import ContractReport
from coordinator.report.model import ScanReport
from coordinator.report.renderers.junit import render_junit
from coordinator.report.renderers.sarif import render_contract_sarif, render_sarif
from shared.contracts.coverage import Coverage
from tests.extras.programs import EXTRAS
from tests.golden.report.test_report_forms import CASES
from tests.hostile import HOSTILE_NAMES
from tests.reports import ON_CONFLICT
from tests.unit.report.test_hostile_names import hostile_report
from tests.unit.report.test_html import of_a_large_fleet

pytestmark = pytest.mark.extras

SCHEMAS = EXTRAS.parent / "schemas"
REPORTS: dict[str, Callable[[], ScanReport]] = {
    **CASES,
    "large": of_a_large_fleet,
    **{f"named {name!r}": partial(hostile_report, name) for name in HOSTILE_NAMES},
}


@pytest.fixture(scope="module")
def sarif() -> Any:
    from jsonschema import Draft4Validator  # lazy: only the extras install it

    schema = json.loads((SCHEMAS / "sarif-2.1.0-rtm.5.json").read_text(encoding="utf-8"))
    Draft4Validator.check_schema(schema)
    return Draft4Validator(schema)


@pytest.fixture(scope="module")
def junit() -> Any:
    from xmlschema import XMLSchema  # lazy: only the extras install it

    return XMLSchema(SCHEMAS / "jenkins-junit.xsd")


def of_the_older_schema(suite: str) -> ET.Element:
    """Say why a test was skipped where `junit-4.xsd` has it: as the text of its element."""
    root = ET.fromstring(suite)
    for skipped in root.iter("skipped"):
        skipped.text = skipped.attrib.pop("message")
    return root


def faults_of(sarif: Any, log: str) -> list[str]:
    return [f"{error.json_path}: {error.message[:200]}" for error in sarif.iter_errors(json.loads(log))]


@pytest.mark.parametrize("name", REPORTS)
def test_sarif_is_what_its_schema_says(name: str, sarif: Any) -> None:
    assert faults_of(sarif, render_sarif(REPORTS[name]())) == []


def test_sarif_of_a_check_of_services_is_what_its_schema_says(sarif: Any) -> None:
    named = [msgspec.structs.replace(ON_CONFLICT, file=name, fix=name, reason=name) for name in HOSTILE_NAMES]
    report = ContractReport(verdicts=(ON_CONFLICT, *named), coverage=Coverage(queries=1, opaque=0, by_driver={}))

    assert faults_of(sarif, render_contract_sarif(report)) == []


@pytest.mark.parametrize("name", REPORTS)
def test_junit_is_what_its_schema_says(name: str, junit: Any) -> None:
    assert [str(error) for error in junit.iter_errors(of_the_older_schema(render_junit(REPORTS[name]())))] == []


def test_the_schemas_refuse_what_is_none(sarif: Any, junit: Any) -> None:
    log, suite = render_sarif(CASES["demo"]()), render_junit(CASES["demo"]())

    assert faults_of(sarif, log.replace('"startLine": 6', '"startLine": 0')) != []
    assert faults_of(sarif, log.replace('"level": "error"', '"level": "fatal"')) != []
    assert list(junit.iter_errors(suite.replace("<failure", "<broken").replace("</failure", "</broken"))) != []
    assert list(junit.iter_errors(suite.replace('classname="', 'class="'))) != []
