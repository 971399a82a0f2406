"""The page of what is declared: its objects with file and line, what could not be read, and a diagram of its tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.handlers import BaseRouteHandler
from litestar.params import FromQuery

from coordinator.daemon.pages.entity_diagram import draw_entities
from coordinator.daemon.pages.look import ShownFleet
from coordinator.memory.model import ChangeSubject
from coordinator.memory.views import ChangeFilter, ChangeState
from coordinator.report.model import DeclarationSummary, ReportBody
from shared.schema.identity import ObjectId
from shared.schema.schema import Carrier, Spec

_OBJECTS_LISTED = 400
_CHANGES_DRAWN = 500


class DeclaredLine(msgspec.Struct, frozen=True, kw_only=True):
    """One declared object.

    Args:
        kind: `table`, `index`, ….
        name: Without its kind.
        origin: File and line, of a part those of its table; empty for what comes along with another object.
    """

    kind: str
    name: str
    origin: str


def declaration_pages() -> list[BaseRouteHandler]:
    """Give the page."""

    @get("/declaration")
    async def show_declaration(
        shown: NamedDependency[ShownFleet],
        spec: FromQuery[str] = "",
        object: FromQuery[str] = "",  # noqa: A002  # the parameter's name
    ) -> Response[str]:
        """Show what is declared."""
        body = await shown.served.schemas.newest_body()
        choices = _choices(body)
        if spec and spec not in {choice.spec for choice in choices}:
            raise NotFoundException("there is no such declaration")
        chosen = spec or (choices[0].spec if choices else "")
        declared = await shown.served.declarations.load(chosen) if chosen else None
        wanted = ChangeFilter(state=ChangeState.OPEN, subject=ChangeSubject.SCHEMA)
        changes = (await shown.records.changes(wanted, limit=_CHANGES_DRAWN)).changes
        lines = [line for line in _lines(declared) if object.lower() in f"{line.kind} {line.name}".lower()]
        return shown.page(
            "declaration",
            "/declaration",
            body=body,
            choices=choices,
            chosen=chosen,
            declared=declared,
            diagram=draw_entities(declared.schema, changes) if declared else None,
            kinds=sorted(Counter(line.kind for line in lines).items()),
            lines=lines[:_OBJECTS_LISTED],
            more=max(0, len(lines) - _OBJECTS_LISTED),
            carriers=_carriers(declared),
            object=object,
        )

    return [show_declaration]


def _choices(body: ReportBody | None) -> tuple[DeclarationSummary, ...]:
    """Give the declarations of the newest report; one where it does not tell several apart."""
    if body is None:
        return ()
    return body.declarations or (DeclarationSummary(source="", spec=body.spec, tenants=0),)


def _lines(declared: Spec | None) -> Iterator[DeclaredLine]:
    if declared is None:
        return
    origins = {each.identity: str(each.origin) for each in declared.origins}
    for item in declared.schema.objects:
        identity = item.identity
        yield DeclaredLine(
            kind=identity.kind,
            name=str(identity).removeprefix(f"{identity.kind} "),
            origin=origins.get(identity)
            or origins.get(ObjectId("table", identity.namespace, name=identity.parent), ""),
        )


def _carriers(declared: Spec | None) -> tuple[Carrier, ...]:
    return declared.source.unread if declared else ()
