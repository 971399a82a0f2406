"""The order among statements that no dependency decides: the ranks of the kinds."""

from __future__ import annotations

from shared.kinds import RECORDS
from shared.kinds.side import Side
from shared.schema.identity import ObjectId
from shared.schema.model import FACETS


def kind_rank(identity: ObjectId, side: Side) -> float:
    """Rank a creation."""
    record = RECORDS[identity.kind]
    return record.rank if record.rank_of is None else record.rank_of(identity, side.objects.get(identity))


def is_facet(identity: ObjectId) -> bool:
    """Say whether this is said about an object rather than an object."""
    return identity.kind in FACETS
