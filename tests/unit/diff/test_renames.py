"""A missing and an unexpected thing of one definition are offered as a rename, and nothing else is."""

from __future__ import annotations

from shared.diff.compare import diff_schemas
from shared.diff.renames import possible_renames
from shared.findings.judge import judge_undeclared
from shared.schema.model import SchemaObject
from shared.schema.relations import Column, Table
from shared.schema.schema import Schema
from shared.schema.types import EnumType


def column(name: str, type_: str = "integer", *, table: str = "t", **more) -> Column:
    return Column(namespace="public", parent=table, name=name, type=type_, **more)


def table(name: str, *columns: tuple[str, str], namespace: str = "public") -> list[SchemaObject]:
    parts = [Column(namespace=namespace, parent=name, name=each, type=type_) for each, type_ in columns]
    return [Table(namespace=namespace, name=name), *parts]


def renames(desired: list[SchemaObject], observed: list[SchemaObject]) -> list[str]:
    return [rename.sql for rename in possible_renames(diff_schemas(Schema.of(desired), Schema.of(observed)))]


def test_a_column_of_the_same_definition_may_have_been_renamed():
    desired = [*table("t"), column("total", not_null=True)]
    observed = [*table("t"), column("Sum", not_null=True)]
    assert renames(desired, observed) == ['ALTER TABLE "public"."t" RENAME COLUMN "Sum" TO "total"']


def test_a_serial_column_may_have_been_renamed_though_its_sequence_has_another_name():
    desired = [*table("t"), column("id", default="nextval('public.t_id_seq'::regclass)")]
    observed = [*table("t"), column("key", default="nextval('public.t_key_seq'::regclass)")]
    assert len(renames(desired, observed)) == 1


def test_a_column_of_another_type_or_table_has_not():
    assert renames([*table("t"), column("a")], [*table("t"), column("b", "bigint")]) == []
    both = [*table("t"), *table("u")]
    assert renames([*both, column("a")], [*both, column("b", table="u")]) == []


def test_every_candidate_is_offered_while_they_are_few():
    few = [*table("t"), column("b"), column("c")]
    many = [*few, column("d"), column("e")]
    assert len(renames([*table("t"), column("a")], few)) == 2
    assert renames([*table("t"), column("a")], many) == []


def test_a_table_of_the_same_columns_may_have_been_renamed_or_moved():
    parts = (("a", "integer"), ("b", "text"))
    assert renames(table("orders", *parts), table("order", *parts)) == [
        'ALTER TABLE "public"."order" RENAME TO "orders"'
    ]
    assert renames(table("t", *parts), table("t", *parts, namespace="old")) == [
        'ALTER TABLE "old"."t" SET SCHEMA "public"'
    ]
    assert renames(table("t", *parts), table("u", *parts, namespace="old")) == []
    assert renames(table("t", *parts), table("u", *parts[:1])) == []


def test_empty_tables_are_not_taken_for_each_other():
    assert renames(table("t"), table("u")) == []


def test_the_finding_of_what_is_missing_offers_it_and_assumes_nothing():
    desired = Schema.of([*table("t"), column("total")])
    findings = judge_undeclared(diff_schemas(desired, Schema.of([*table("t"), column("sum")])))
    assert [finding.rule for finding in findings] == ["missing-column", "unexpected-column"]
    assert findings[0].message.endswith(
        "column public.t.sum is declared nowhere and has the same definition: if that is what it was called, "
        'ALTER TABLE "public"."t" RENAME COLUMN "sum" TO "total" brings it back as it is.'
    )
    assert "RENAME" not in findings[1].message


def enum(*labels: str) -> list[SchemaObject]:
    return [EnumType(namespace="public", name="state", labels=labels)]


def test_a_label_in_the_place_of_a_missing_one_may_have_been_renamed():
    assert renames(enum("new", "in_progress", "done"), enum("new", "in-progress", "done")) == [
        """ALTER TYPE "public"."state" RENAME VALUE 'in-progress' TO 'in_progress'"""
    ]


def test_labels_that_only_changed_their_places_or_their_number_were_not_renamed():
    assert renames(enum("a", "b", "c"), enum("a", "c", "b")) == []
    assert renames(enum("a", "b"), enum("a", "b", "c")) == []


def test_a_label_spelt_like_a_missing_one_may_have_been_renamed_though_another_is_missing_too():
    assert renames(enum("new", "paid", "sent"), enum("new", "payed")) == [
        """ALTER TYPE "public"."state" RENAME VALUE 'payed' TO 'paid'"""
    ]


def test_a_label_unlike_all_missing_ones_was_not_renamed():
    assert renames(enum("new", "paid", "sent"), enum("new", "lost forever")) == []
