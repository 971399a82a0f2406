"""The dangers of DDL, a sentence each. Lock levels are those of PostgreSQL's "Explicit Locking" page (13.3)."""

from __future__ import annotations

from shared.kinds.step import Hazard, HazardKind


def blocks_all(what: str) -> Hazard:
    """ACCESS EXCLUSIVE."""
    return Hazard(HazardKind.BLOCKS_READS, f"holds ACCESS EXCLUSIVE on {what}: reads and writes wait")


def blocks_writes(what: str) -> Hazard:
    """SHARE or SHARE ROW EXCLUSIVE."""
    return Hazard(HazardKind.BLOCKS_WRITES, f"holds SHARE ROW EXCLUSIVE or SHARE on {what}: writes wait, reads go on")


def rewrites(what: str) -> Hazard:
    """A new relfilenode: time and disk grow with the table."""
    return Hazard(HazardKind.REWRITES_TABLE, f"rewrites {what} and its indexes under the lock")


def scans(what: str) -> Hazard:
    """Reads every row."""
    return Hazard(HazardKind.SCANS_TABLE, f"reads every row of {what}")


def builds_index(what: str) -> Hazard:
    """Sorts the whole table."""
    return Hazard(HazardKind.BUILDS_INDEX, f"builds an index over every row of {what}")


def loses(what: str) -> Hazard:
    """Cannot be undone."""
    return Hazard(HazardKind.LOSES_DATA, f"{what} cannot be brought back")


def breaks(what: str) -> Hazard:
    """Queries that name the object fail, now or until it is back."""
    return Hazard(HazardKind.BREAKS_READERS, what)
