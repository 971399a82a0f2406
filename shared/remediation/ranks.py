"""The order among statements that no dependency decides: roughly that in which pg_dump writes kinds."""

from __future__ import annotations

from shared.remediation.side import Side
from shared.schema.identity import ObjectId
from shared.schema.model import FACETS, KINDS
from shared.schema.relations import Constraint
from shared.schema.routines import Cast

_ORDER = (
    "namespace",
    "extension",
    "language",
    "access_method",
    "collation",
    "conversion",
    "base_type",
    "enum_type",
    "range_type",
    "composite_type",
    "domain_type",
    "domain_constraint",
    "foreign_data_wrapper",
    "foreign_server",
    "user_mapping",
    "sequence",
    "table",
    "foreign_table",
    "column",
    "routine",
    "aggregate",
    "cast",
    "transform",
    "operator",
    "operator_family",
    "operator_class",
    "text_search_parser",
    "text_search_template",
    "text_search_dictionary",
    "text_search_configuration",
    "constraint",
    "view",
    "view_column",
    "materialized_view",
    "index",
    "statistics_object",
    "rule",
    "trigger",
    "policy",
    "publication",
    "subscription",
    "owner",
    "comment",
    "security_label",
    "privileges",
    "database_setting",
    "default_privileges",
    "event_trigger",  # it fires on every DDL that follows it
)
LAST = frozenset({"default_privileges", "event_trigger"})
"""Kinds that change what happens to everything made after them."""

_RANK = {kind: position for position, kind in enumerate(_ORDER)}
assert _RANK.keys() == KINDS.keys(), "every kind has a rank"
_AFTER_INDEXES = _RANK["statistics_object"]


def kind_rank(identity: ObjectId, side: Side) -> float:
    """Rank a creation; foreign keys come after every index they could need."""
    item = side.objects.get(identity)
    if isinstance(item, Constraint) and item.type == "foreign_key":
        return _AFTER_INDEXES + 0.5
    rank = _RANK[identity.kind]
    if isinstance(item, Cast) and item.method == "binary":
        return rank - 0.5  # what a cast function returns may become the cast's type by one of these (CreateCast)
    # A table's own privileges come before its columns': REVOKE on the table takes the columns' along.
    return rank + 0.5 if identity.kind == "privileges" and identity.of == "column" else rank


def is_facet(identity: ObjectId) -> bool:
    """Say whether this is said about an object rather than an object."""
    return identity.kind in FACETS
