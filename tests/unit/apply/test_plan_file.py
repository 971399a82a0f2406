"""A plan comes from a report's group or from a diff; what is wrong with the file is one sentence."""

from __future__ import annotations

import msgspec
import pytest

from coordinator.apply.plan_file import PlanFileError, read_plan
from coordinator.report.model import DriftGroup
from shared.remediation.plan import Plan

PLAN = Plan(desired="d", observed="o")


def report(*groups: DriftGroup) -> bytes:
    return msgspec.json.encode({"report": {"groups": groups}, "content_hash": "…"})


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
    path.write_bytes(msgspec.json.encode({"diff": {"changes": []}, "plan": PLAN}))
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
        (msgspec.json.encode({"plan": PLAN}), "01", "is a plan without groups; leave out --group"),
        (b"hello", "", "is neither a report nor the JSON of `fleetdrift diff`"),
        (b"[]", "", "is neither a report nor the JSON of `fleetdrift diff`"),
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
