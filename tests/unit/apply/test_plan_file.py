"""A plan comes from a report's group or from a diff; what is wrong with the file is one sentence."""

from __future__ import annotations

import pytest

from coordinator.apply.plan_file import PlanFileError, read_plan
from coordinator.report.model import DriftGroup
from shared.formats import DIFF, REPORT, encode_json
from shared.remediation.plan import Plan

PLAN = Plan(desired="d", observed="o")
NEITHER = "expected a report or the JSON of `fleetdrift diff`"


def report(*groups: DriftGroup) -> bytes:
    return encode_json(REPORT, {"report": {"groups": groups}, "content_hash": "…"})


def group(name: str, plan: Plan | None = PLAN) -> DriftGroup:
    return DriftGroup(id=name, tenants=("b", "a"), shape="o", plan=plan)


def test_the_only_group_of_a_report_needs_no_name(tmp_path):
    path = tmp_path / "report.json"
    path.write_bytes(report(group("0123456789abcdef")))
    found = read_plan(path)
    assert (found.plan, found.group, found.tenants) == (PLAN, "0123456789abcdef", ("a", "b"))


def test_a_group_is_named_by_the_beginning_of_its_id(tmp_path):
    path = tmp_path / "report.json"
    path.write_bytes(report(group("01"), group("02")))
    assert read_plan(path, "02").group == "02"


def test_the_json_of_a_diff_is_a_plan_for_anybody(tmp_path):
    path = tmp_path / "plan.json"
    path.write_bytes(encode_json(DIFF, {"diff": {"changes": []}, "plan": PLAN}))
    found = read_plan(path)
    assert (found.plan, found.group, found.tenants) == (PLAN, "", ())


@pytest.mark.parametrize(
    ("content", "wanted", "message"),
    [
        (report(group("01"), group("02")), "", "has 2 drift groups; choose one with --group: 01, 02"),
        (report(group("01"), group("02")), "0", "2 groups begin with '0': 01, 02"),
        (report(group("01")), "7", "no group begins with '7': 01"),
        (report(), "", "reports no drift"),
        (report(group("01", None)), "", "the group 01 has no plan"),
        (encode_json(DIFF, {"plan": PLAN}), "01", "is a plan without groups; leave out --group"),
        (b'{"format":"report/3"}', "", "this report was written in format 3; this release reads format 2: upgrade"),
        (b'{"format":"report/1"}', "", "this report was written in format 1; this release reads format 2: write it"),
        (b'{"format":"diff/3"}', "", "this diff was written in format 3; this release reads format 2: upgrade"),
        (b'{"format":"snapshot/1"}', "", f"{NEITHER}, found the format 'snapshot': write it anew"),
        (b'{"format":"diff/2"}', "", "this diff cannot be read: Object missing required field `plan`"),
        (b'{"report":{"groups":[]}}', "", f"{NEITHER}, found what names no format: write it anew"),
        (b"hello", "", NEITHER),
        (b"[]", "", NEITHER),
    ],
)
def test_a_file_without_the_plan_says_why(tmp_path, content, wanted, message):
    path = tmp_path / "file.json"
    path.write_bytes(content)
    with pytest.raises(PlanFileError) as caught:
        read_plan(path, wanted)
    assert str(caught.value).startswith(f"{path}: {message}")


def test_a_missing_file_is_one_sentence(tmp_path):
    with pytest.raises(PlanFileError, match="cannot be read: No such file or directory"):
        read_plan(tmp_path / "none.json")
