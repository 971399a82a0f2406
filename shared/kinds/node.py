"""One node of a plan's graph."""

from __future__ import annotations

from typing import NamedTuple

from shared.schema.identity import ObjectId

_NOTHING = ObjectId(kind="")


class Node(NamedTuple):
    """A node of a plan: one thing that is done to one object.

    Args:
        phase: What is done.
        identity: To which object.
        below: For `before` and `after`: what it lets go of and takes hold of again.
    """

    phase: str
    identity: ObjectId
    below: ObjectId = _NOTHING
