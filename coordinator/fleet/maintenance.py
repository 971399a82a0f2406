"""Reads the tenants of a fleet, but for those whose host is in maintenance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from coordinator.fleet.reader import FleetReader, OnProgress, ReadResult
from coordinator.settings.maintenance import Closed
from shared.targets import Target


async def read_outside_maintenance(
    reader: FleetReader, targets: Sequence[Target], closed: Closed, on_progress: OnProgress
) -> Mapping[str, ReadResult]:
    """Read every target whose host is not in maintenance; to the hosts of the others nothing connects.

    Args:
        reader: Reads.
        targets: The tenants.
        closed: The hosts in maintenance.
        on_progress: Called with the number of tenants that are read.

    Returns:
        Exactly one result for each target, in their order.
    """
    open_ones = [target for target in targets if target.host not in closed]
    read = await reader.read(open_ones, on_progress) if open_ones else {}
    return {
        target.tenant: closed[target.host].failure if target.host in closed else read[target.tenant]
        for target in targets
    }
