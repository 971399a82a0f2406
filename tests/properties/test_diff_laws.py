"""The laws of a diff, for schemas of any objects whatever."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.diff.changes import Altered, Missing, Unexpected
from shared.diff.compare import diff_schemas, headline
from shared.schema.canonical import canonical_json, schema_hash
from shared.schema.schema import Schema
from tests.properties.schemas import model_schemas, object_lists

laws = settings(max_examples=60, deadline=None, derandomize=True)


@laws
@given(model_schemas)
def test_a_schema_does_not_differ_from_itself(schema):
    assert not diff_schemas(schema, schema)


@laws
@given(object_lists, st.data())
def test_a_diff_is_empty_exactly_when_the_hashes_are_equal(items, data):
    one = Schema.of(items)
    kept = data.draw(st.lists(st.sampled_from(items), unique_by=id)) if items else []
    for other in (Schema.of(kept), Schema.of(list(reversed(items)))):
        assert (not diff_schemas(one, other)) == (schema_hash(one) == schema_hash(other))


@laws
@given(model_schemas, model_schemas)
def test_unrelated_schemas_obey_it_too(one, other):
    assert (not diff_schemas(one, other)) == (schema_hash(one) == schema_hash(other))


@laws
@given(model_schemas, model_schemas)
def test_swapping_the_sides_swaps_missing_and_unexpected(one, other):
    there = diff_schemas(one, other).changes
    back = diff_schemas(other, one).changes
    assert len(there) == len(back)
    for change, reverse in zip(there, back, strict=True):
        match change, reverse:
            case (Missing(desired=x), Unexpected(observed=y)) | (Unexpected(observed=x), Missing(desired=y)):
                assert x == y
            case Altered(), Altered():
                assert (change.desired, change.observed) == (reverse.observed, reverse.desired)
                assert change.fields == reverse.fields
            case _:
                raise AssertionError((change, reverse))


@laws
@given(object_lists, object_lists, st.randoms(use_true_random=False))
def test_the_order_of_objects_never_matters(desired, observed, random):
    before = canonical_json(diff_schemas(Schema.of(desired), Schema.of(observed)))
    random.shuffle(desired)
    random.shuffle(observed)
    assert canonical_json(diff_schemas(Schema.of(desired), Schema.of(observed))) == before


@laws
@given(model_schemas, model_schemas)
def test_changes_are_sorted_and_about_one_object_each(desired, observed):
    identities = [change.identity for change in diff_schemas(desired, observed).changes]
    assert identities == sorted(set(identities))


@laws
@given(model_schemas, model_schemas)
def test_a_headline_is_empty_only_of_an_empty_diff(desired, observed):
    diff = diff_schemas(desired, observed)
    assert set(headline(diff).changes) <= set(diff.changes)
    assert bool(headline(diff)) == bool(diff)
