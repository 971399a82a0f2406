"""Materialized views that are declared WITH NO DATA: whoever made them so fills them later, which is no drift."""

from __future__ import annotations

import msgspec

from shared.schema.model import SchemaObject
from shared.schema.relations import MaterializedView
from shared.schema.schema import Schema, Snapshot


def filled_as(desired: Snapshot, observed: Snapshot) -> Snapshot:
    """Give the desired schema with each materialized view that it leaves empty as the observed one has it.

    The other way round it stays a change: every query of an empty materialized view fails.
    """
    present = observed.schema.by_identity()

    def as_observed(item: SchemaObject) -> SchemaObject:
        other = present.get(item.identity)
        if isinstance(item, MaterializedView) and not item.populated and isinstance(other, MaterializedView):
            return msgspec.structs.replace(item, populated=other.populated)
        return item

    return msgspec.structs.replace(desired, schema=Schema(tuple(map(as_observed, desired.schema))))
