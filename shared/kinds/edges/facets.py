"""Order of what is said about an object: its privileges come after its owner."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from shared.kinds.lookup import relations
from shared.kinds.ordering import BY_DEPENDENCIES, Edge, PlanView
from shared.schema.facets import Privileges
from shared.schema.identity import ObjectId


def _owners(facet: Privileges) -> Iterator[ObjectId]:
    """Name the owner of what the privileges are on; a column is its relation's owner's."""
    carrier = facet.carrier
    kinds = relations() if carrier.kind == "column" else (carrier.kind,)
    name = carrier.parent if carrier.kind == "column" else carrier.name
    for kind in kinds:
        yield ObjectId(
            kind="owner",
            namespace=carrier.namespace,
            name=name,
            signature="" if carrier.kind == "column" else carrier.signature,
            of=kind,
        )


def _after_owner(facet: Privileges, plan: PlanView) -> Iterator[Edge]:
    """A new owner takes the old one's privileges and keeps its own: REVOKE must find them so."""
    for owner in _owners(facet):
        for places in (plan.arrival, plan.departure):
            node = places.get(facet.identity)
            if owner in plan.arrival and node is not None and node.identity == facet.identity:
                yield plan.arrival[owner], node


def _after_owner_when_altered(
    desired: Privileges, observed: Privileges, fields: frozenset[str], plan: PlanView
) -> Iterator[Edge]:
    del observed, fields
    yield from _after_owner(desired, plan)


PRIVILEGES_EDGES = replace(
    BY_DEPENDENCIES,
    when_created=_after_owner,
    when_dropped=_after_owner,
    when_altered=_after_owner_when_altered,
)
