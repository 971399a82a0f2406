"""Order of materialized views: one that reads another is filled after it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

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


MATERIALIZED_VIEW_EDGES = replace(BY_DEPENDENCIES, when_created=_filled_after)
