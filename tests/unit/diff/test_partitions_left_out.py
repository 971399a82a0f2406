"""What goes with a partition that is left out, and what a plan is given back of it."""

from __future__ import annotations

import msgspec

from shared.diff.partitions import with_partitions, without_following_partitions
from shared.schema.identity import QualifiedName
from shared.schema.relations import Column, Index, Table
from shared.schema.schema import ColumnOrder, Dependency, Schema, Snapshot

PARENT = QualifiedName("public", "t")
TABLE = Table(namespace="public", name="t", partition_key="RANGE (a)")
COLUMN = Column(namespace="public", parent="t", name="a", type="integer")
INDEX = Index(namespace="public", table="t", name="t_i", definition="CREATE INDEX t_i ON ONLY public.t USING btree (a)")
PART = Table(namespace="public", name="t_1", partition_of=PARENT, partition_bound="DEFAULT")
OF_PART = Column(namespace="public", parent="t_1", name="a", type="integer", local=False, inherited=True)
ITS_INDEX = Index(
    namespace="public", table="t_1", name="t_1_i", definition="…", attached_to=QualifiedName("public", "t_i")
)
DECLARED = Snapshot(
    schema=Schema.of([TABLE, COLUMN, INDEX]),
    server_version=180000,
    fingerprint="declared",
    column_order=(ColumnOrder("public", "t", ("a",)),),
    dependencies=(Dependency(COLUMN.identity, TABLE.identity),),
)
WHOLE = Snapshot(
    schema=Schema.of([TABLE, COLUMN, INDEX, PART, OF_PART, ITS_INDEX]),
    server_version=180000,
    fingerprint="whole",
    column_order=(ColumnOrder("public", "t", ("a",)), ColumnOrder("public", "t_1", ("a",))),
    dependencies=tuple(
        sorted(
            Dependency(upper.identity, lower.identity)
            for upper, lower in ((COLUMN, TABLE), (PART, TABLE), (OF_PART, PART), (ITS_INDEX, OF_PART))
        )
    ),
)


def test_with_a_partition_go_its_parts_the_order_of_its_columns_and_its_dependencies_and_nothing_else():
    without = without_following_partitions(WHOLE, DECLARED.schema)
    assert without == msgspec.structs.replace(DECLARED, fingerprint="whole")


def test_a_plan_is_given_the_declared_schema_with_exactly_what_was_left_out():
    without = without_following_partitions(WHOLE, DECLARED.schema)
    again = with_partitions(DECLARED, WHOLE, without)
    assert again == msgspec.structs.replace(WHOLE, fingerprint="declared")


def test_what_the_tenant_lacks_stays_missing_in_what_a_plan_is_given():
    extra = Table(namespace="public", name="declared_only")
    desired = msgspec.structs.replace(DECLARED, schema=Schema.of([*DECLARED.schema, extra]))
    given = with_partitions(desired, WHOLE, without_following_partitions(WHOLE, desired.schema))
    assert {item.identity for item in given.schema} == {item.identity for item in WHOLE.schema} | {extra.identity}


def test_where_nothing_was_left_out_both_are_as_they_were():
    assert without_following_partitions(DECLARED, DECLARED.schema) is DECLARED
    assert with_partitions(DECLARED, WHOLE, WHOLE) is DECLARED


def test_a_partition_that_is_declared_stays_and_so_does_what_hangs_on_it():
    assert without_following_partitions(WHOLE, WHOLE.schema) is WHOLE


def test_partitions_of_a_partition_that_follows_are_left_out_with_it():
    middle = msgspec.structs.replace(PART, partition_key="LIST (a)")
    leaf = Table(
        namespace="public", name="t_1_1", partition_of=QualifiedName("public", "t_1"), partition_bound="DEFAULT"
    )
    its = Column(namespace="public", parent="t_1_1", name="a", type="integer", local=False, inherited=True)
    whole = msgspec.structs.replace(
        WHOLE,
        schema=Schema.of([TABLE, COLUMN, INDEX, middle, OF_PART, ITS_INDEX, leaf, its]),
        dependencies=tuple(sorted((*WHOLE.dependencies, Dependency(leaf.identity, middle.identity)))),
    )
    assert without_following_partitions(whole, DECLARED.schema).schema == DECLARED.schema
