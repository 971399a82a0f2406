"""The fleets of a coordinator: which one a request is about, and the routes that list them and their workers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from litestar import get
from litestar.di import NamedDependency, Provide
from litestar.exceptions import NotFoundException, ValidationException
from litestar.handlers import BaseRouteHandler
from litestar.params import FromQuery

from coordinator.daemon.api.problems import documented
from coordinator.daemon.scan_service import ScanService
from coordinator.records.documents import ConfigurationState, FleetsList, FleetSummary, WorkersList
from coordinator.records.stored import StoredRecords

FLEET_PARAMETER = "fleet"
"""Name of the parameter of every route that says which fleet is meant."""


class ServedFleet:
    """A fleet of this coordinator.

    Attributes:
        scans: Takes requests for scans.
        records: What is kept of the fleet.
        workers: Says who is there to work for the fleet, and what waits for them.
    """

    def __init__(
        self, scans: ScanService, records: StoredRecords, workers: Callable[[], Awaitable[WorkersList]]
    ) -> None:
        self.scans = scans
        self.records = records
        self.workers = workers


Fleets = Mapping[str, ServedFleet]
"""Those of a coordinator by name, in the order of its configuration."""


def choosing(fleets: Fleets) -> Provide:
    """Make what gives a route the fleet that a request is about.

    Args:
        fleets: Those of the coordinator; they may change while it runs.
    """

    async def served(fleet: FromQuery[str] = "") -> ServedFleet:
        return chosen_fleet(fleets, fleet)

    return Provide(served)


def chosen_fleet(fleets: Fleets, name: str) -> ServedFleet:
    """Give the fleet of a name; the only one where a coordinator has one and no name is given.

    Raises:
        ValidationException: When there are several, and no name is given.
        NotFoundException: When there is none of this name.
    """
    if not name and len(fleets) == 1:
        return next(iter(fleets.values()))
    if not name:
        raise ValidationException(f"fleet: expected one of {', '.join(fleets)}: this coordinator has several")
    if name not in fleets:
        raise NotFoundException("there is no such fleet")
    return fleets[name]


def fleet_routes(fleets: Fleets, configuration: Callable[[], ConfigurationState]) -> list[BaseRouteHandler]:
    """Give the routes.

    Args:
        fleets: Those of the coordinator.
        configuration: Says whether the configuration file is in force.
    """

    @get("/fleets", responses=documented())
    async def list_fleets() -> FleetsList:
        """List the fleets of this coordinator in a few figures each, with what keeps them from being scanned."""
        summaries = [await _summary(name, each) for name, each in list(fleets.items())]
        return FleetsList(fleets=tuple(summaries), configuration=configuration())

    @get("/workers", responses=documented())
    async def list_workers(served: NamedDependency[ServedFleet]) -> WorkersList:
        """List the workers of the fleet with their slots, and say how many messages wait for them."""
        return await served.workers()

    return [list_fleets, list_workers]


async def _summary(name: str, fleet: ServedFleet) -> FleetSummary:
    status = await fleet.records.status()
    return FleetSummary(
        fleet=name,
        leads=fleet.scans.is_leading,
        scanned=status.scanned,
        tenants=status.tenants,
        changes=status.changes,
        suspicious_scan=status.suspicious.scan if status.suspicious else None,
        problems=tuple(await fleet.scans.problems()),
    )
