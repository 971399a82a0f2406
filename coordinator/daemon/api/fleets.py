"""The fleets of a coordinator: which one a request is about, and the routes that list them and their workers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from litestar import Request, get
from litestar.connection import ASGIConnection
from litestar.di import NamedDependency, Provide
from litestar.exceptions import NotFoundException, PermissionDeniedException, ValidationException
from litestar.handlers import BaseRouteHandler
from litestar.params import FromQuery

from coordinator.access.audit import Action, Deed
from coordinator.access.caller import Caller
from coordinator.daemon.api.problems import documented
from coordinator.daemon.scan_service import ScanService
from coordinator.records.documents import ConfigurationState, FleetsList, FleetSummary, WorkersList
from coordinator.records.kept_ignores import StoredIgnores
from coordinator.records.schemas import SchemaRecords
from coordinator.records.stored import StoredRecords
from coordinator.settings.model import Settings
from coordinator.store.store import Store
from shared.findings.ignore import IgnoreRule

FLEET_PARAMETER = "fleet"
"""Name of the parameter of every route that says which fleet is meant."""


class ServedFleet:
    """A fleet of this coordinator.

    Args:
        name: Of the fleet.
        scans: Takes requests for scans.
        records: What is kept of the fleet.
        workers: Says who is there to work for the fleet, and what waits for them.
        store: Keeps ignore rules, the audit log, and where shapes can be looked up.
        rules: The ignore rules of the configuration.
        settings: The configuration; none where nothing but the store is known of the fleet.
    """

    def __init__(
        self,
        name: str,
        scans: ScanService,
        records: StoredRecords,
        *,
        workers: Callable[[], Awaitable[WorkersList]],
        store: Store,
        rules: tuple[IgnoreRule, ...] = (),
        settings: Settings | None = None,
    ) -> None:
        self.name = name
        self.schemas = SchemaRecords(store.schemas, name)
        self._ignores = store.ignores
        self.rules = rules
        self.settings = settings
        self.declarations = store.declarations
        self._write = store.credentials.write
        self.scans = scans
        self.records = records
        self.workers = workers

    async def note(self, request: Request[Any, Any, Any], action: Action, subject: str, detail: str = "") -> None:
        """Write into the audit log what the caller of a route has done to the fleet.

        Args:
            request: Of the caller.
            action: What was done.
            subject: To what: the id of a scan, or of an ignore rule.
            detail: What else is to be known, in a sentence.
        """
        await self._write(Deed(caller=request.user, action=action, fleet=self.name, subject=subject, detail=detail))

    def ignores(self, caller: Caller) -> StoredIgnores:
        """Give the ignore rules as a caller lists, makes and takes them away.

        Args:
            caller: Whom the audit log names.
        """
        return StoredIgnores(self._ignores, self.name, self.rules, caller)


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


OF_ALL_FLEETS = {"of_all_fleets": True}
"""Options of a route that is about no fleet, or shows each caller those that the caller may ask for."""


def is_of_all_fleets(route: BaseRouteHandler) -> bool:
    """Say whether a route is about no fleet, or shows each caller those that the caller may ask for."""
    return bool(route.opt.get("of_all_fleets"))


def refuse_foreign_fleet(fleets: Fleets, connection: ASGIConnection[Any, Any, Any, Any]) -> None:
    """Refuse a request about a fleet that its caller may not ask for.

    Raises:
        PermissionDeniedException: When it is about such a fleet.
    """
    caller: Caller = connection.user
    name = connection.query_params.get(FLEET_PARAMETER) or (next(iter(fleets)) if len(fleets) == 1 else "")
    if name and not caller.may_ask_for(name):
        raise PermissionDeniedException(
            f"this is of the fleet {name}; {caller.name} may ask for {', '.join(caller.fleets)}"
        )


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

    @get("/fleets", responses=documented(), opt=OF_ALL_FLEETS)
    async def list_fleets(request: Request) -> FleetsList:  # type: ignore[type-arg]  # any app
        """List the fleets of this coordinator in a few figures each, with what keeps them from being scanned.

        A client whose token is for some fleets sees those.
        """
        caller: Caller = request.user
        shown = [(name, each) for name, each in fleets.items() if caller.may_ask_for(name)]
        summaries = [await _summary(name, each) for name, each in shown]
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
        outcome=status.outcome,
        suspicious_scan=status.suspicious.scan if status.suspicious else None,
        problems=tuple(await fleet.scans.problems()),
    )
