"""Laws of the diff, for any two schemas."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from shared.diff.changes import Missing, Unexpected
from shared.diff.compare import diff_schemas, headline
from shared.schema.canonical import schema_hash
from shared.schema.model import SchemaObject
from shared.schema.relations import Column, Index, Table
from shared.schema.schema import Schema
from shared.schema.types import EnumType

NAMES = st.sampled_from(["a", "b", 'q"uote', "line\nbreak"])
TABLES = st.builds(Table, name=NAMES, namespace=st.just("public"), options=st.sampled_from([(), ("fillfactor=70",)]))
COLUMNS = st.builds(
    Column,
    name=NAMES,
    namespace=st.just("public"),
    parent=NAMES,
    type=st.sampled_from(["integer", "text"]),
    not_null=st.booleans(),
    default=st.sampled_from(["", "1"]),
)
INDEXES = st.builds(Index, name=NAMES, namespace=st.just("public"), table=NAMES, definition=st.sampled_from(["x", "y"]))
ENUMS = st.builds(EnumType, name=NAMES, namespace=st.just("public"), labels=st.sampled_from([("a",), ("a", "b")]))
OBJECTS: st.SearchStrategy[list[SchemaObject]] = st.lists(
    st.one_of(TABLES, COLUMNS, INDEXES, ENUMS), max_size=12, unique_by=lambda item: item.identity
)
SCHEMAS = OBJECTS.map(Schema.of)


@given(SCHEMAS)
def test_no_schema_differs_from_itself(schema: Schema) -> None:
    assert diff_schemas(schema, schema).changes == ()


@given(SCHEMAS, SCHEMAS)
def test_an_empty_diff_means_equal_hashes_and_the_other_way_round(one: Schema, other: Schema) -> None:
    assert (not diff_schemas(one, other)) == (schema_hash(one) == schema_hash(other))


@given(SCHEMAS, SCHEMAS)
def test_swapping_the_sides_swaps_missing_and_unexpected(one: Schema, other: Schema) -> None:
    there, back = diff_schemas(one, other).changes, diff_schemas(other, one).changes
    assert [change.identity for change in there] == [change.identity for change in back]
    for change, mirrored in zip(there, back, strict=True):
        assert isinstance(change, Missing) == isinstance(mirrored, Unexpected)
        assert getattr(change, "fields", ()) == getattr(mirrored, "fields", ())


@given(OBJECTS, st.randoms())
def test_the_order_of_input_never_matters(objects: list[SchemaObject], random: st.DrawFn) -> None:
    shuffled = list(objects)
    random.shuffle(shuffled)
    assert schema_hash(Schema.of(shuffled)) == schema_hash(Schema.of(objects))


@given(SCHEMAS, SCHEMAS)
def test_a_headline_is_a_part_of_its_diff(one: Schema, other: Schema) -> None:
    diff = diff_schemas(one, other)
    assert set(headline(diff).changes) <= set(diff.changes)
    assert bool(headline(diff)) == bool(diff)
