"""What is known of a fleet by shape, by query and by declaration, as programs ask for it."""

from __future__ import annotations

import asyncio

import msgspec

from coordinator.memory.views import ChangeFilter, ChangeView
from coordinator.records.fleet_records import CursorError, FleetRecords
from coordinator.report.model import DeclarationSummary, ReportBody
from coordinator.store.schemas import KeptShape, Schemas
from shared.analysis.comparing import compare_shapes
from shared.diff.changes import SchemaDiff
from shared.remediation.planner import create_script
from shared.schema.schema import SchemaVersion


class ShapesPage(msgspec.Struct, frozen=True, kw_only=True):
    """Shapes that tenants of a fleet are known to have, those of most tenants first.

    Args:
        fleet: Name.
        shapes: Of this page.
        after: What to ask the next page with; none when this is the last.
    """

    fleet: str
    shapes: tuple[KeptShape, ...]
    after: str | None


class ShapesDiff(msgspec.Struct, frozen=True, kw_only=True):
    """What a schema of one shape would need to be of another one.

    Args:
        desired: The shape that is taken for what is wanted.
        observed: The shape that is compared with it.
        diff: Both as they were read of tenants: what PostgreSQL of another version spells differently shows too.
    """

    desired: str
    observed: str
    diff: SchemaDiff


class ContractView(msgspec.Struct, frozen=True, kw_only=True):
    """A query of a service that breaks, with its life.

    Args:
        contract: The query, its verdict, and since when in how many tenants.
        shapes: (shape, tenants) where it breaks now.
    """

    contract: ChangeView
    shapes: tuple[tuple[str, int], ...]


class ContractsPage(msgspec.Struct, frozen=True, kw_only=True):
    """Queries of services that break in tenants, in the order of changes. Queries that hold everywhere are not kept.

    Args:
        fleet: Name.
        contracts: Of this page.
        after: What to ask the next page with; none when this is the last.
    """

    fleet: str
    contracts: tuple[ContractView, ...]
    after: str | None


class VersionCount(msgspec.Struct, frozen=True, kw_only=True):
    """What the migration tables of some tenants said.

    Args:
        versions: By tool; empty where they have none, or it was not read.
        tenants: How many tenants.
    """

    versions: tuple[SchemaVersion, ...]
    tenants: int


class SpecsList(msgspec.Struct, frozen=True, kw_only=True):
    """What is declared, by the newest report, and at which versions tenants are.

    Args:
        fleet: Name.
        spec: Schema hash of all that is declared; empty before the first report.
        expected_version: That all tenants should be at; empty where it is not the same for all, or none is declared.
        declarations: Where tenants are compared with several declarations: each with its tenants.
        versions: What the migration tables of tenants said when they were last read, those of most tenants first.
    """

    fleet: str
    spec: str
    expected_version: str
    declarations: tuple[DeclarationSummary, ...]
    versions: tuple[VersionCount, ...]


class SchemaRecords:
    """Asks the store. Methods raise StoreError when it fails, and FormatError for what this release does not read.

    Args:
        schemas: Of the store.
        fleet: Name.
    """

    def __init__(self, schemas: Schemas, fleet: str) -> None:
        self._schemas = schemas
        self._fleet = fleet

    async def shapes(self, after: str, limit: int) -> ShapesPage:
        """Give a page of shapes.

        Args:
            after: Where an earlier page ended.
            limit: How many at most.

        Raises:
            CursorError: When no page ends at `after`.
        """
        found = await self._schemas.shapes(self._fleet, _place(after) if after else None, limit + 1)
        page = tuple(found[:limit])
        more = msgspec.json.encode((page[-1].tenants, page[-1].shape)).decode() if len(found) > limit else None
        return ShapesPage(fleet=self._fleet, shapes=page, after=more)

    async def sql(self, shape: str) -> str | None:
        """Give the statements that make a schema of this shape; nothing when it is not kept.

        A tenant's own names stand in it as placeholders (`{tenant}`).
        """
        snapshot = await self._schemas.snapshot(self._fleet, shape)
        if snapshot is None:
            return None
        statements = await asyncio.to_thread(create_script, snapshot)
        return "".join(f"{statement.sql};\n\n" for statement in statements)

    async def diff(self, desired: str, observed: str) -> ShapesDiff | None:
        """Compare two shapes; nothing when one of them is not kept."""
        first = await self._schemas.snapshot(self._fleet, desired)
        second = await self._schemas.snapshot(self._fleet, observed)
        if first is None or second is None:
            return None
        found = await asyncio.to_thread(compare_shapes, first, second)
        return ShapesDiff(desired=desired, observed=observed, diff=found)

    async def contracts(self, records: FleetRecords, chosen: ChangeFilter, *, after: str, limit: int) -> ContractsPage:
        """Give a page of queries that break, each with the shapes where it does.

        Args:
            records: Gives them as changes.
            chosen: Which.
            after: Where an earlier page ended.
            limit: How many at most.

        Raises:
            CursorError: When no page ends at `after`.
        """
        page = await records.changes(chosen, after=after, limit=limit)
        places = await self._schemas.shapes_of_changes(self._fleet, [view.change.id for view in page.changes])
        return ContractsPage(
            fleet=self._fleet,
            contracts=tuple(
                ContractView(contract=view, shapes=tuple(places.get(view.change.id, ()))) for view in page.changes
            ),
            after=page.after,
        )

    async def newest_body(self) -> ReportBody | None:
        """Give the newest report without its tenants and groups; nothing when there is none."""
        return await self._schemas.newest_body(self._fleet)

    async def versions(self) -> tuple[VersionCount, ...]:
        """Give what the migration tables of tenants said, those of most tenants first."""
        counted = await self._schemas.versions(self._fleet)
        return tuple(VersionCount(versions=versions, tenants=tenants) for versions, tenants in counted)

    async def specs(self) -> SpecsList:
        """List the declarations of the fleet, and count its tenants by schema version."""
        body = await self.newest_body()
        return SpecsList(
            fleet=self._fleet,
            spec=body.spec if body else "",
            expected_version=body.expected_version if body else "",
            declarations=body.declarations if body else (),
            versions=await self.versions(),
        )


def _place(after: str) -> tuple[int, str]:
    try:
        tenants, shape = msgspec.json.decode(after, type=tuple[int, str])
    except (msgspec.MsgspecError, ValueError) as error:
        raise CursorError("after: expected what an earlier page gave as `after`") from error
    if not 0 < tenants < _MAX_TENANTS or "\0" in shape:
        raise CursorError("after: expected what an earlier page gave as `after`")
    return tenants, shape


_MAX_TENANTS = 2**31
"""PostgreSQL counts tenants as an integer."""
