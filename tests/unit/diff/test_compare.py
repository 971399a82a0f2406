"""The laws of a diff, on schemas made by hand. `tests/properties` asks the same of generated ones."""

from __future__ import annotations

from shared.diff.changes import Altered, Missing, SchemaDiff, Unexpected
from shared.diff.compare import diff_schemas, headline
from shared.schema.facets import Comment
from shared.schema.identity import QualifiedName
from shared.schema.relations import Column, Constraint, Index, Sequence, Table
from shared.schema.schema import Schema

ORDERS = Table(name="orders", namespace="public")
ID = Column(name="id", namespace="public", parent="orders", type="bigint", not_null=True)
KEY = Constraint(
    name="orders_pkey", namespace="public", parent="orders", type="primary_key", definition="PRIMARY KEY (id)"
)
BY_ID = Index(name="by_id", namespace="public", table="orders", definition="CREATE INDEX by_id ON public.orders (id)")
SAID = Comment(name="by_id", namespace="public", of="index", text="why")


def test_a_schema_does_not_differ_from_itself() -> None:
    schema = Schema.of([ORDERS, ID, KEY])
    assert diff_schemas(schema, schema) == SchemaDiff()
    assert not diff_schemas(schema, Schema.of([KEY, ID, ORDERS]))


def test_swapping_the_sides_swaps_missing_and_unexpected() -> None:
    more, less = Schema.of([ORDERS, ID, BY_ID]), Schema.of([ORDERS, ID])
    assert diff_schemas(more, less).changes == (Missing(BY_ID),)
    assert diff_schemas(less, more).changes == (Unexpected(BY_ID),)


def test_an_altered_object_names_its_fields_in_order() -> None:
    other = Column(name="id", namespace="public", parent="orders", type="integer", default="1")
    diff = diff_schemas(Schema.of([ORDERS, ID]), Schema.of([ORDERS, other]))
    assert diff.changes == (Altered(ID, other, ("default", "not_null", "type")),)


def test_changes_are_sorted_by_identity() -> None:
    diff = diff_schemas(Schema.of([ORDERS, ID, KEY, BY_ID]), Schema())
    identities = [change.identity for change in diff.changes]
    assert identities == sorted(identities)


def test_a_headline_leaves_out_what_follows_from_a_missing_table() -> None:
    owned = Sequence(
        name="s", namespace="public", owned_by_table=QualifiedName("public", "orders"), owned_by_column="id"
    )
    diff = diff_schemas(Schema.of([ORDERS, ID, KEY, BY_ID, SAID, owned]), Schema())
    assert headline(diff).changes == (Missing(ORDERS),)


def test_a_headline_keeps_what_is_new_on_a_table_that_is_there() -> None:
    diff = diff_schemas(Schema.of([ORDERS, ID, BY_ID, SAID]), Schema.of([ORDERS, ID]))
    assert headline(diff).changes == (Missing(BY_ID),)
