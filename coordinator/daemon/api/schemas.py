"""Routes of shapes, contracts and declarations."""

from __future__ import annotations

from typing import Annotated

from litestar import MediaType, Request, Response, get
from litestar.di import NamedDependency
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath, FromQuery, QueryParameter

from coordinator.daemon.api.answers import found, place, table_or_page
from coordinator.daemon.api.described import Tabular
from coordinator.daemon.api.fleets import ServedFleet
from coordinator.daemon.api.memory import AFTER_CHANGE, Limit
from coordinator.daemon.api.problems import documented
from coordinator.memory.model import ChangeSubject
from coordinator.memory.views import ChangeFilter, ChangeState
from coordinator.records.schemas import ContractsPage, ShapesDiff, ShapesPage, SpecsList
from coordinator.records.tables import changes_csv, shapes_csv

_AFTER_SHAPE = r'\[[1-9][0-9]{0,8},"[0-9a-f]{64}"\]'


def schema_routes() -> list[BaseRouteHandler]:
    """Give the routes."""
    return [*_shapes(), _contracts(), _specs()]


def _shapes() -> list[BaseRouteHandler]:
    @get("/shapes", responses=documented(), operation_class=Tabular)
    async def list_shapes(
        served: NamedDependency[ServedFleet],
        request: Request,  # type: ignore[type-arg]  # any app
        limit: Limit = 100,
        after: Annotated[str, place(_AFTER_SHAPE)] = "",
    ) -> Response[ShapesPage]:
        """List the distinct schemas that tenants are known to have, those of most tenants first; or as CSV."""
        page = await served.schemas.shapes(after, limit)
        return table_or_page(request, page, shapes_csv(page.shapes))

    @get("/shapes/{shape:str}/sql", responses=documented(404), media_type=MediaType.TEXT)
    async def get_shape_as_sql(served: NamedDependency[ServedFleet], shape: FromPath[str]) -> Response[str]:
        """Give the statements that make a schema of this shape in an empty database; a tenant's names are placeholders.

        404 where it is not kept: no tenant of this shape was read for long.
        """
        return Response(found(await served.schemas.sql(shape), "shape that is kept"), media_type="text/plain")

    @get("/shapes/{shape:str}/diff", responses=documented(404))
    async def compare_shapes(
        served: NamedDependency[ServedFleet], shape: FromPath[str], observed: FromQuery[str]
    ) -> ShapesDiff:
        """Compare two shapes: what `observed` lacks, has beyond this one, and has otherwise.

        Both are as they were read of tenants: what only PostgreSQL of different versions spells differently shows too.
        """
        return found(await served.schemas.diff(shape, observed), "shape that is kept")

    return [list_shapes, get_shape_as_sql, compare_shapes]


def _contracts() -> BaseRouteHandler:
    @get("/contracts", responses=documented(), operation_class=Tabular)
    async def list_contracts(
        *,
        served: NamedDependency[ServedFleet],
        request: Request,  # type: ignore[type-arg]  # any app
        in_state: Annotated[ChangeState | None, QueryParameter(name="state")] = None,  # `state` is Litestar's own word
        faults: FromQuery[bool] = False,
        tenant: FromQuery[str] = "",
        object: FromQuery[str] = "",  # noqa: A002  # the parameter's name
        limit: Limit = 100,
        after: Annotated[str, place(AFTER_CHANGE)] = "",
    ) -> Response[ContractsPage]:
        """List queries of services that break, each with its life and the shapes where it breaks now; or as CSV.

        The life is the memory's: first seen, last seen, resolved. A query that breaks by the declared schema too is a
        fault of its service, in no tenant: `faults=true` lists those. `object` is a part of service, file and line.
        """
        subject = ChangeSubject.SERVICE if faults else ChangeSubject.CONTRACT
        chosen = ChangeFilter(state=in_state, subject=subject.value, tenant=tenant, object=object)
        page = await served.schemas.contracts(served.records, chosen, after=after, limit=limit)
        return table_or_page(request, page, changes_csv(view.contract for view in page.contracts))

    return list_contracts


def _specs() -> BaseRouteHandler:
    @get("/specs", responses=documented())
    async def list_specs(served: NamedDependency[ServedFleet]) -> SpecsList:
        """Say what is declared, by the newest report, and at which versions tenants were when they were last read."""
        return await served.schemas.specs()

    return list_specs
