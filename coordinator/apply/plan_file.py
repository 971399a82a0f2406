"""Read the plan to apply: a group of a saved report, or what `fleetdrift diff --output json` printed."""

from __future__ import annotations

from pathlib import Path

import msgspec

from coordinator.report.model import DriftGroup
from shared.remediation.plan import Plan

_MAX_BYTES = 2 * 1024**3


class PlanFileError(Exception):
    """The file holds no plan that can be applied; the message is one sentence."""


class PlanFile(msgspec.Struct, frozen=True, kw_only=True):
    """A plan and the tenants it was made for.

    Args:
        plan: What to apply.
        group: Id of the drift group, empty for a plan without one.
        tenants: The group's tenants, sorted; empty for a plan without a group.
    """

    plan: Plan
    group: str = ""
    tenants: tuple[str, ...] = ()


class _SavedDiff(msgspec.Struct):
    plan: Plan


class _SavedBody(msgspec.Struct):
    groups: tuple[DriftGroup, ...]


class _SavedReport(msgspec.Struct):
    report: _SavedBody


def read_plan(path: Path, group: str = "") -> PlanFile:
    """Read a plan.

    Args:
        path: report.json, or the JSON of a diff.
        group: Id, or its beginning, of a group of the report; may be left out where there is only one.

    Raises:
        PlanFileError: When the file is neither, the group is not in it, or there is no plan for it.
    """
    content = _content(path)
    try:
        groups = msgspec.json.decode(content, type=_SavedReport).report.groups
    except (msgspec.DecodeError, ValueError) as not_a_report:
        try:
            plan = msgspec.json.decode(content, type=_SavedDiff).plan
        except (msgspec.DecodeError, ValueError):
            raise PlanFileError(
                f"{path}: is neither a report nor the JSON of `fleetdrift diff`: {not_a_report}"
            ) from None
        if group:
            raise PlanFileError(f"{path}: is a plan without groups; leave out --group") from None
        return PlanFile(plan=plan)
    found = _choose(groups, group, path)
    if found.plan is None:
        raise PlanFileError(f"{path}: the group {found.id} has no plan")
    return PlanFile(plan=found.plan, group=found.id, tenants=tuple(sorted(found.tenants)))


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise PlanFileError(f"{path}: is larger than 2 GB")
        return path.read_bytes()
    except OSError as error:
        raise PlanFileError(f"{path}: cannot be read: {error.strerror}") from None


def _choose(groups: tuple[DriftGroup, ...], wanted: str, path: Path) -> DriftGroup:
    found = [group for group in groups if group.id.startswith(wanted)]
    if len(found) == 1:
        return found[0]
    if not groups:
        raise PlanFileError(f"{path}: reports no drift")
    ids = ", ".join(group.id for group in (found or groups)[:5]) + (", …" if len(found or groups) > 5 else "")  # noqa: PLR2004  # enough to choose from
    if not wanted:
        raise PlanFileError(f"{path}: has {len(groups)} drift groups; choose one with --group: {ids}")
    matches = f"{len(found)} groups begin with" if found else "no group begins with"
    raise PlanFileError(f"{path}: {matches} {wanted!r}: {ids}")
