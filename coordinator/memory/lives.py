"""The life of each change in a tenant, from the tenant's stays."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from coordinator.memory.model import ChangeLife, Stay


def lives(stays: Iterable[Stay]) -> tuple[ChangeLife, ...]:
    """Say of each change that a tenant ever had when it was first seen, whether it is gone, and how often it came back.

    While a tenant cannot be read, or what was read cannot be compared, it keeps the changes that it was last known to
    have.

    Args:
        stays: Of one tenant, oldest first.

    Returns:
        Sorted by first sight, then by id.
    """
    found: dict[str, ChangeLife] = {}
    known: frozenset[str] = frozenset()
    present = known
    for stay in stays:
        here = frozenset(stay.standing.changes)
        if stay.standing.decides:
            known = here
        else:
            here |= known
        for change in here - present:
            before = found.get(change)
            found[change] = (
                ChangeLife(change=change, first_seen=stay.since, resolved=None)
                if before is None
                else msgspec.structs.replace(before, resolved=None, flaps=before.flaps + 1)
            )
        for change in present - here:
            found[change] = msgspec.structs.replace(found[change], resolved=stay.since)
        present = here
    return tuple(sorted(found.values(), key=lambda life: (life.first_seen, life.change)))
