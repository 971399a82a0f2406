"""Order of views that begin without their query; materialized views that read another are filled after it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from shared.kinds.facts import ColumnType
from shared.kinds.lookup import facts_of
from shared.kinds.node import Node
from shared.kinds.ordering import BY_DEPENDENCIES, Edge, PlanView
from shared.schema.identity import ObjectId
from shared.schema.relations import MaterializedView, View


def _filled_after(view: MaterializedView, plan: PlanView) -> Iterator[Edge]:
    """Name the materialized views that it reads, itself or through views."""
    desired = plan.context.desired
    seen: set[ObjectId] = set()
    left = [view.identity]
    while left:
        for below in desired.references[left.pop()]:
            if below in seen or not isinstance(desired.objects.get(below), View | MaterializedView):
                continue
            seen.add(below)
            left.append(below)
            yield Node("finish", below), Node("finish", view.identity)


def _begun_after(view: View, plan: PlanView) -> Iterator[Edge]:
    """A view without its query needs its namespace and the types of its columns all the same."""
    begin = Node("begin", view.identity)
    for below in plan.context.desired.references[view.identity]:
        typed = facts_of(below.kind).column_type is not ColumnType.NO
        if below in plan.arrival and (typed or below.kind == "namespace"):
            yield plan.arrival[below], begin


VIEW_EDGES = replace(BY_DEPENDENCIES, when_created=_begun_after)
MATERIALIZED_VIEW_EDGES = replace(BY_DEPENDENCIES, when_created=_filled_after)
