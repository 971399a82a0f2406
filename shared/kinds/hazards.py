"""Make the hazards of statements, each a sentence. Lock levels: PostgreSQL, "Explicit Locking" (13.3)."""

from __future__ import annotations

from shared.kinds.step import Hazard, HazardKind

ONLINE_COSTS = "nobody waits for long, and it takes as much space again and fires triggers for UPDATE"
"""What the online recipe costs beside the short one."""
_SHORT_WAY = "--recipe short writes them in one statement, for which everybody waits"


def blocks_all(what: str) -> Hazard:
    """Say that reads and writes of a relation wait: ACCESS EXCLUSIVE."""
    return Hazard(HazardKind.BLOCKS_READS, f"holds ACCESS EXCLUSIVE on {what}: reads and writes wait")


def blocks_writes(what: str) -> Hazard:
    """Say that writes of a relation wait: SHARE or SHARE ROW EXCLUSIVE."""
    return Hazard(HazardKind.BLOCKS_WRITES, f"holds SHARE ROW EXCLUSIVE or SHARE on {what}: writes wait, reads go on")


def rewrites(what: str, other_way: str = "") -> Hazard:
    """Say that a relation is written anew, in time and disk space that grow with it, and which other way there is."""
    message = f"rewrites {what} and its indexes under the lock"
    return Hazard(HazardKind.REWRITES_TABLE, f"{message}; {other_way}" if other_way else message)


def fills(what: str) -> Hazard:
    """Give the hazard of a backfill: every row is written anew, but never many at once."""
    how = "in many short transactions, which fires its triggers for UPDATE and takes as much space again"
    return Hazard(HazardKind.REWRITES_TABLE, f"writes every row of {what} anew {how}; {_SHORT_WAY}")


def scans(what: str) -> Hazard:
    """Give the hazard of a statement that reads every row of a table."""
    return Hazard(HazardKind.SCANS_TABLE, f"reads every row of {what}")


def builds_index(what: str) -> Hazard:
    """Give the hazard of a statement that builds an index over a whole table."""
    return Hazard(HazardKind.BUILDS_INDEX, f"builds an index over every row of {what}")


def loses(what: str) -> Hazard:
    """Give the hazard of a statement that loses something for good."""
    return Hazard(HazardKind.LOSES_DATA, f"{what} cannot be brought back")


def breaks(what: str) -> Hazard:
    """Give the hazard of a statement after which queries fail, for good or for a while."""
    return Hazard(HazardKind.BREAKS_READERS, what)


def runs_tenant_code(what: str) -> Hazard:
    """Give the hazard of a statement that runs code of a tenant, and as which role it runs."""
    message = f"calls {what}, which its owner can change, as the role that applies the plan"
    return Hazard(HazardKind.RUNS_TENANT_CODE, message)


def fails_on(what: str, condition: str) -> Hazard:
    """Say on which rows a statement fails, or loses what they hold.

    Args:
        what: The table.
        condition: Which of its rows, as SQL or as words.
    """
    return Hazard(HazardKind.FAILS_ON_ROWS, f"rows of {what}: {condition}")
