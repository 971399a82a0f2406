"""How a kind orders its own statements among those of a plan: what a plan's graph asks of each record.

The graph adds edges for dependencies by itself. What a kind knows beyond them (that ATTACH wants a partition's indexes,
that an operator links back to one made before it) its record says with the functions of `Edges`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol

from shared.kinds.context import Context
from shared.kinds.node import Node
from shared.schema.identity import ObjectId
from shared.schema.model import SchemaObject

Edge = tuple[Node, Node]
"""(what comes first, what comes after it); an edge of a node that the plan does not have is left out."""


class Order(Enum):
    """How an object is ordered towards something that it stands on and that the plan makes or alters."""

    AFTER = "after"
    BEFORE = "before"
    FREE = "free"


class Alteration(Protocol):
    """What changes in place."""

    @property
    def desired(self) -> SchemaObject:
        """As declared."""

    @property
    def observed(self) -> SchemaObject:
        """The object as the database has it."""

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields in which the object differs."""


class PlanView(Protocol):
    """What edges may ask about the plan."""

    context: Context

    @property
    def nodes(self) -> Collection[Node]:
        """All nodes of the plan: each thing that is done to an object."""

    @property
    def alters(self) -> Mapping[ObjectId, Alteration]:
        """What is changed in place."""

    @property
    def arrival(self) -> Mapping[ObjectId, Node]:
        """The node that makes or alters an object."""

    @property
    def departure(self) -> Mapping[ObjectId, Node]:
        """The node that drops an object."""


@dataclass(frozen=True, kw_only=True)
class Edges:
    """What a kind says about order. Every field must be given.

    Args:
        stands_on: (object, its side) → what it needs beside its references, as long as it is there.
        order_when_created: (object, what it stands on, plan) → how the two are ordered.
        when_created: (object, plan) → further edges.
        order_when_dropped: (object, what it stands on, plan) → how the two are ordered when both are dropped.
        when_dropped: (object, plan) → further edges.
        needed_when_altered: (desired, fields, plan) → what must be made before the change, beside its references.
        order_when_altered: (desired, what it stands on, plan) → how the change and that are ordered.
        when_altered: (desired, observed, fields, plan) → further edges.
        when_loosened: (identity, what it let go of, plan) → further edges.
        finishes_after: Fields whose change wants the kind's `finish` again.
    """

    stands_on: Callable[[Any], Iterable[ObjectId]]
    order_when_created: Callable[[Any, ObjectId, PlanView], Order]
    when_created: Callable[[Any, PlanView], Iterable[Edge]]
    order_when_dropped: Callable[[Any, ObjectId, PlanView], Order]
    when_dropped: Callable[[Any, PlanView], Iterable[Edge]]
    needed_when_altered: Callable[[Any, frozenset[str], PlanView], Iterable[ObjectId]]
    order_when_altered: Callable[[Any, ObjectId, PlanView], Order]
    when_altered: Callable[[Any, Any, frozenset[str], PlanView], Iterable[Edge]]
    when_loosened: Callable[[ObjectId, ObjectId, PlanView], Iterable[Edge]]
    finishes_after: frozenset[str]


def nothing_more(item: object) -> Iterable[ObjectId]:
    """Need nothing beside the references."""
    del item
    return ()


def always_after(item: object, below: ObjectId, plan: PlanView) -> Order:
    """Come after whatever it stands on."""
    del item, below, plan
    return Order.AFTER


def always_before(item: object, below: ObjectId, plan: PlanView) -> Order:
    """Go before whatever it stands on."""
    del item, below, plan
    return Order.BEFORE


def no_edges(item: object, plan: PlanView) -> Iterable[Edge]:
    """Know nothing beyond the dependencies, when it is created or dropped."""
    del item, plan
    return ()


def nothing_needed(item: object, fields: frozenset[str], plan: PlanView) -> Iterable[ObjectId]:
    """Need nothing beside the references for a change in place."""
    del item, fields, plan
    return ()


def no_edges_when_altered(desired: object, observed: object, fields: frozenset[str], plan: PlanView) -> Iterable[Edge]:
    """Know nothing beyond the dependencies for a change in place."""
    del desired, observed, fields, plan
    return ()


def no_edges_when_loosened(identity: ObjectId, below: ObjectId, plan: PlanView) -> Iterable[Edge]:
    """Know nothing beyond the dependencies when it lets go of something."""
    del identity, below, plan
    return ()


BY_DEPENDENCIES = Edges(
    stands_on=nothing_more,
    order_when_created=always_after,
    when_created=no_edges,
    order_when_dropped=always_before,
    when_dropped=no_edges,
    needed_when_altered=nothing_needed,
    order_when_altered=always_after,
    when_altered=no_edges_when_altered,
    when_loosened=no_edges_when_loosened,
    finishes_after=frozenset(),
)
"""A kind that has nothing to say about order: its dependencies order it."""
