"""Compare schema versions as migration tools write them."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from shared.schema.schema import SchemaVersion


class VersionComparison(StrEnum):
    """How a tenant's schema version compares with the declared one."""

    SAME = "same"
    BEHIND = "behind"
    AHEAD = "ahead"
    DIFFERENT = "different"  # no order: revision hashes
    DIRTY = "dirty"
    UNKNOWN = "unknown"


def compare_versions(
    expected: str, versions: Iterable[SchemaVersion]
) -> tuple[VersionComparison, SchemaVersion | None]:
    """Compare what the migration tables say with the declared version.

    Where a database carries the tables of several tools, one that says the declared version is enough: the others are
    the remains of a change of tool. A failed migration counts whatever the number says.

    Args:
        expected: Declared version, or empty: then only a failed migration is something to say.
        versions: What the tables said; empty when none could be read.

    Returns:
        The comparison, and the version that decided it.
    """
    known = sorted(versions)
    dirty = next((version for version in known if version.dirty), None)
    if dirty is not None:
        return VersionComparison.DIRTY, dirty
    if not expected:
        return VersionComparison.SAME, None
    if not known:
        return VersionComparison.UNKNOWN, None
    compared = [(_compare(expected, version.version), version) for version in known]
    return min(compared, key=lambda pair: (pair[0] is not VersionComparison.SAME, pair[1]))


def same_version(one: str, other: str) -> bool:
    """Say whether two spellings mean one version: `0012` and `12`, or `author:id` of Liquibase and its `id`."""
    return bool(one) and _compare(one, other) is VersionComparison.SAME


def _compare(expected: str, version: str) -> VersionComparison:
    if (":" in expected) != (":" in version):  # Liquibase: its own table may be known to us by ids alone
        expected, version = expected.rpartition(":")[2], version.rpartition(":")[2]
    if expected == version:
        return VersionComparison.SAME
    desired, observed = _numbers(expected), _numbers(version)
    if desired is None or observed is None:
        return VersionComparison.DIFFERENT
    if observed == desired:
        return VersionComparison.SAME
    return VersionComparison.BEHIND if observed < desired else VersionComparison.AHEAD


def _numbers(version: str) -> tuple[int, ...] | None:
    """Read `0012`, `1.2.0` or `1_2` as numbers (trailing zeros do not count), anything else as None."""
    parts = version.replace("_", ".").split(".")
    if not all(part.isascii() and part.isdigit() and len(part) <= 32 for part in parts):  # noqa: PLR2004  # no number is longer
        return None
    numbers = [int(part) for part in parts]
    while len(numbers) > 1 and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)
