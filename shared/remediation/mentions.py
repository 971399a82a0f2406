"""What the bodies of routines mention: PostgreSQL records no dependency for them, and calls them all the same.

A function body in a string is read when the function is called, and a matview, a default or an index expression calls
it while the plan runs. So what a body names is better there first. These edges are wishes: a real dependency wins.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from shared.kinds import RECORDS
from shared.kinds.context import Context
from shared.kinds.node import Node
from shared.schema.identity import ObjectId
from shared.schema.relations import MaterializedView
from shared.schema.routines import Routine

_WORD = re.compile(r'"(?:[^"]|"")+"|[A-Za-z_\x80-\U0010ffff][A-Za-z0-9_$\x80-\U0010ffff]*')

_DOLLAR_QUOTE = re.compile(r"\$\w*\$")  # where a body begins and ends: `orders$function$` names `orders`


def mention_edges(context: Context, arrival: dict[ObjectId, Node]) -> list[tuple[Node, Node]]:
    """Give (what is mentioned, the routine that mentions it), sorted, among what the plan makes or changes."""
    by_name = _named_in_bodies(arrival)
    edges: set[tuple[Node, Node]] = set()
    for identity, node in arrival.items():
        routine = context.desired.find(Routine, identity)
        if routine is None:
            continue
        for name in _words(routine.definition) & by_name.keys():
            edges |= {(arrival[other], node) for other in by_name[name] if arrival[other] != node}
    return sorted(edges)


def fill_edges(context: Context, steps: Iterable[Node]) -> list[tuple[Node, Node]]:
    """Give (a materialized view's filling, that of another which reads it), where bodies of routines stand between.

    REFRESH runs the view's query, which calls routines, whose bodies read whatever they name.
    """
    fills = {
        node.identity: node
        for node in steps
        if node.phase == "finish" and context.desired.find(MaterializedView, node.identity) is not None
    }
    if len(fills) < 2:  # noqa: PLR2004  # an order needs two
        return []
    by_name = _named_in_bodies(context.desired.objects)
    return sorted(
        (fills[read], fills[view])
        for view in fills
        for read in _reached(view, context, by_name) & fills.keys()
        if read != view
    )


def _reached(view: ObjectId, context: Context, by_name: dict[str, list[ObjectId]]) -> set[ObjectId]:
    """Name what a query can read: what it depends on, and what bodies of routines among that mention."""
    seen: set[ObjectId] = set()
    left = [view]
    while left:
        identity = left.pop()
        below = set(context.desired.references[identity])
        routine = context.desired.find(Routine, identity)
        if routine is not None:
            for name in _words(routine.definition) & by_name.keys():
                below.update(by_name[name])
        left += below - seen
        seen |= below
    return seen


def _named_in_bodies(identities: Iterable[ObjectId]) -> dict[str, list[ObjectId]]:
    by_name: dict[str, list[ObjectId]] = defaultdict(list)
    for identity in identities:
        if RECORDS[identity.kind].stands_in_bodies:
            by_name[identity.name].append(identity)
    return by_name


def _words(text: str) -> set[str]:
    return {
        word[1:-1].replace('""', '"') if word.startswith('"') else word.lower()
        for word in _WORD.findall(_DOLLAR_QUOTE.sub(" ", text))
    }
