"""What one recorded scan has changed in the memory."""

from __future__ import annotations

import msgspec


class Transition(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one change with one report.

    Args:
        change: Its id.
        is_new: No report had it before.
        was_open: Some tenant had it before.
        is_open: Some tenant has it now.
        before: How many had it.
        tenants: How many have it now.
    """

    change: str
    is_new: bool
    was_open: bool
    is_open: bool
    before: int
    tenants: int


class FleetCounts(msgspec.Struct, frozen=True, kw_only=True):
    """A fleet in three figures.

    Args:
        tenants: All that it has.
        drifted: Those that are drifted, as far as is known.
        unread: Those that the last try did not read.
        in_maintenance: Those of them whose host was left alone on purpose.
    """

    tenants: int = 0
    drifted: int = 0
    unread: int = 0
    in_maintenance: int = 0


class Recorded(msgspec.Struct, frozen=True, kw_only=True):
    """What recording a report has changed.

    Args:
        transitions: What became of changes.
        before: The fleet before.
        after: The fleet now.
        suspicion: Why the report is more than is likely, in a sentence; empty when it is not.
    """

    transitions: tuple[Transition, ...]
    before: FleetCounts
    after: FleetCounts
    suspicion: str = ""
