"""What the bodies of routines mention: PostgreSQL records no dependency for them, and calls them all the same.

A function body in a string is read when the function is called, and a matview, a default or an index expression calls
it while the plan runs. So what a body names is better there first. These edges are wishes: a real dependency wins.
"""

from __future__ import annotations

import re
from collections import defaultdict

from shared.kinds import RECORDS
from shared.kinds.context import Context
from shared.kinds.node import Node
from shared.schema.identity import ObjectId
from shared.schema.routines import Routine

_WORD = re.compile(r'"(?:[^"]|"")+"|[A-Za-z_\x80-\U0010ffff][A-Za-z0-9_$\x80-\U0010ffff]*')


def mention_edges(context: Context, arrival: dict[ObjectId, Node]) -> list[tuple[Node, Node]]:
    """Give (what is mentioned, the routine that mentions it), sorted, among what the plan makes or changes."""
    by_name: dict[str, list[ObjectId]] = defaultdict(list)
    for identity in arrival:
        if RECORDS[identity.kind].stands_in_bodies:
            by_name[identity.name].append(identity)
    edges: set[tuple[Node, Node]] = set()
    for identity, node in arrival.items():
        routine = context.desired.find(Routine, identity)
        if routine is None:
            continue
        for name in _words(routine.definition) & by_name.keys():
            edges |= {(arrival[other], node) for other in by_name[name] if arrival[other] != node}
    return sorted(edges)


def _words(text: str) -> set[str]:
    return {word[1:-1].replace('""', '"') if word.startswith('"') else word.lower() for word in _WORD.findall(text)}
