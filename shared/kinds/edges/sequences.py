"""Order of sequences and the columns that own them."""

from __future__ import annotations

from collections.abc import Iterator

from shared.kinds.node import Node
from shared.kinds.ordering import (
    Edge,
    Edges,
    PlanView,
    always_after,
    always_before,
    no_edges,
    no_edges_when_loosened,
    nothing_more,
    nothing_needed,
)
from shared.schema.identity import ObjectId
from shared.schema.relations import Sequence


def _when_altered(desired: Sequence, observed: Sequence, fields: frozenset[str], plan: PlanView) -> Iterator[Edge]:
    """Let go of the owner before it is dropped, which would take the sequence along."""
    del fields
    owner = observed.owned_by_table
    if owner is not None:
        column = ObjectId(kind="column", namespace=owner.namespace, parent=owner.name, name=observed.owned_by_column)
        if column in plan.departure:
            yield Node("release", desired.identity), plan.departure[column]


SEQUENCE_EDGES = Edges(
    stands_on=nothing_more,
    order_when_created=always_after,
    when_created=no_edges,
    order_when_dropped=always_before,
    when_dropped=no_edges,
    needed_when_altered=nothing_needed,
    order_when_altered=always_after,
    when_altered=_when_altered,
    when_loosened=no_edges_when_loosened,
    finishes_after=frozenset({"owned_by_table", "owned_by_column"}),
)
