"""One record per kind, every field of it given: what is forgotten is an error at import."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

import msgspec
import pytest

from shared.diff.tools import Tool
from shared.kinds import RECORDS
from shared.kinds.facts import NO_WORDS, Form, Holds
from shared.kinds.naming import designation, spell
from shared.kinds.ordering import BY_DEPENDENCIES, Edges
from shared.kinds.record import Kind
from shared.kinds.registry import KindError, checked
from shared.kinds.side import Side
from shared.postgres.query_files import QUERIES
from shared.remediation.ranks import kind_rank
from shared.schema.identity import ObjectId
from shared.schema.model import FACETS, KINDS
from shared.schema.relations import Constraint
from shared.schema.schema import Schema, Snapshot
from tests.objects import minimal

TABLE = RECORDS["table"]


def given(record: Any) -> dict[str, Any]:
    return {field.name: getattr(record, field.name) for field in dataclasses.fields(record)}


@pytest.mark.parametrize("field", [field.name for field in dataclasses.fields(Kind)])
def test_a_kind_without_one_of_its_facts_cannot_be_made(field: str) -> None:
    facts = given(TABLE)
    del facts[field]
    with pytest.raises(TypeError, match=f"'{field}'"):
        Kind(**facts)


@pytest.mark.parametrize("field", [field.name for field in dataclasses.fields(Edges)])
def test_what_a_kind_knows_of_order_cannot_be_told_in_part(field: str) -> None:
    edges = given(BY_DEPENDENCIES)
    del edges[field]
    with pytest.raises(TypeError, match=f"'{field}'"):
        Edges(**edges)


@pytest.mark.parametrize("tag", sorted(KINDS))
def test_a_kind_of_the_model_without_a_record_ends_the_import(tag: str) -> None:
    sentence = f"{tag} has no record in shared/kinds/families: write one (CONTRIBUTING.md, Adding an object kind)"
    with pytest.raises(ImportError, match=re.escape(sentence)):
        checked(record for record in RECORDS.values() if record.tag != tag)


def test_a_kind_with_two_records_ends_the_import() -> None:
    with pytest.raises(KindError, match="table has more than one record"):
        checked([*RECORDS.values(), TABLE])


def test_a_record_of_something_that_is_no_object_ends_the_import() -> None:
    class MadeUp(msgspec.Struct, tag="made_up"):
        name: str

    with pytest.raises(KindError, match="made_up has a record, but its model is not in the union SchemaObject"):
        checked([*RECORDS.values(), dataclasses.replace(TABLE, model=MadeUp)])  # type: ignore[arg-type]  # the point


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"rank": RECORDS["view"].rank}, "table and view both have the rank"),
        ({"not_hashed": frozenset({"optoins"})}, "the record of table says not_hashed = optoins, expected some of"),
        ({"hashed_too": ("options",)}, "the record of table says hashed_too = options"),
        ({"data_in": frozenset({"labels"})}, "the record of table says data_in = labels"),
        ({"carries": frozenset({"coment"})}, "the record of table says carries = coment, expected some of comment,"),
    ],
)
def test_a_record_that_names_what_is_not_there_ends_the_import(changed: dict[str, Any], sentence: str) -> None:
    records = {**RECORDS, "table": dataclasses.replace(TABLE, **changed)}
    with pytest.raises(KindError, match=re.escape(sentence)):
        checked(records.values())


def test_records_stand_in_the_order_of_the_union() -> None:
    assert list(RECORDS) == list(KINDS)
    assert {tag: record.model for tag, record in RECORDS.items()} == KINDS


@pytest.mark.parametrize("record", RECORDS.values(), ids=RECORDS.keys())
def test_a_record_agrees_with_itself(record: Kind) -> None:
    assert all((QUERIES / file).is_file() for _, file in record.queries)
    assert ("privileges" in record.carries) == bool(record.granted_as), "GRANT needs a name for what it is on"
    assert not record.compared_fact or record.tag in FACETS, "only facets are compared in the place of kept facts"
    assert not record.carries or record.tag not in FACETS, "nothing is said about what is said about an object"
    assert (record.finish is None) == (record.finish_needs is None), "what waits says for what"
    assert not record.edges.finishes_after or record.finish is not None, "only what finishes can finish again"
    assert record.tool_marks in (NO_WORDS, *Tool.__struct_fields__)
    assert record.dropped_late or not record.made_at_once


@pytest.mark.parametrize("record", RECORDS.values(), ids=RECORDS.keys())
def test_statements_name_objects_of_every_kind_that_can_carry_something(record: Kind) -> None:
    if record.carries:
        item = minimal(record.tag, name="+" if record.tag == "operator" else "x")
        assert spell(item.identity) == f"{record.keyword} {designation(item.identity)}"
        assert record.keyword.isupper()


def test_a_form_that_reads_a_key_is_given_one() -> None:
    for record in RECORDS.values():
        for declaring in record.declared_by:
            assert (declaring.key == "") == (declaring.form in {Form.READ_APART, Form.SAID_OF}), (record.tag, declaring)
            assert (declaring.relation != "") == (declaring.form is Form.PART), (record.tag, declaring)


def test_parts_can_hang_on_tables_views_domains_and_composite_types() -> None:
    holding = {tag: record.holds for tag, record in RECORDS.items() if record.holds is not Holds.NOTHING}
    assert holding == {
        "table": Holds.ROWS,
        "foreign_table": Holds.ROWS,
        "view": Holds.QUERY,
        "materialized_view": Holds.QUERY,
        "composite_type": Holds.ATTRIBUTES,
        "domain_type": Holds.CHECKS,
    }


def side(*objects: Any) -> Side:
    return Side(Snapshot(schema=Schema.of(objects), server_version=180000, fingerprint=""))


def test_a_foreign_key_comes_after_every_index_that_it_could_need() -> None:
    key = Constraint(name="k", namespace="public", parent="t", type="foreign_key", definition="FOREIGN KEY (a)")
    rank = kind_rank(key.identity, side(key))
    assert RECORDS["statistics_object"].rank < rank < RECORDS["rule"].rank
    assert RECORDS["index"].rank < rank


def test_other_constraints_come_before_indexes() -> None:
    check = Constraint(name="k", namespace="public", parent="t", type="check", definition="CHECK (true)")
    assert kind_rank(check.identity, side(check)) == RECORDS["constraint"].rank < RECORDS["index"].rank


def test_grants_on_a_table_come_before_those_on_its_columns() -> None:
    table = ObjectId(kind="privileges", namespace="public", name="t", of="table")
    column = ObjectId(kind="privileges", namespace="public", parent="t", name="c", of="column")
    nothing = side()
    assert kind_rank(table, nothing) < kind_rank(column, nothing) < RECORDS["database_setting"].rank
