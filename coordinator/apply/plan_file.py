"""Read the plan to apply: a group of a saved report, or what `fleetdrift diff --output json` printed."""

from __future__ import annotations

from pathlib import Path

import msgspec

from coordinator.report.model import DriftGroup
from shared.formats import DIFF, REPORT, FormatError, decode_json, label_of
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
    saved = _decode(_content(path), path)
    if isinstance(saved, _SavedDiff):
        if group:
            raise PlanFileError(f"{path}: is a plan without groups; leave out --group")
        return PlanFile(plan=saved.plan)
    found = _choose(saved.report.groups, group, path)
    if found.plan is None:
        raise PlanFileError(f"{path}: the group {found.id} has no plan")
    return PlanFile(plan=found.plan, group=found.id, tenants=tuple(sorted(found.tenants)))


def _decode(content: bytes, path: Path) -> _SavedReport | _SavedDiff:
    """Decode the document that the file says it is."""
    name = label_of(content).partition("/")[0]
    try:
        if name == REPORT.name:
            return decode_json(REPORT, content, _SavedReport)
        if name == DIFF.name:
            return decode_json(DIFF, content, _SavedDiff)
    except FormatError as error:
        raise PlanFileError(f"{path}: {error}") from None
    raise PlanFileError(
        f"{path}: expected a report or the JSON of `fleetdrift diff`, "
        f"found {f'the format {name[:80]!r}' if name else 'what names no format'}: write it anew with this release"
    )


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise PlanFileError(f"{path}: is larger than 2 GB")
        with path.open("rb") as file:
            return file.read(_MAX_BYTES)  # a device may have no end
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
