"""A partition that only follows its parent is nobody's drift; an odd one is, and so is one of a drifted parent."""

from __future__ import annotations

import pytest

from shared.diff.compare import diff_schemas
from shared.diff.partitions import without_following_partitions
from shared.schema.identity import QualifiedName
from shared.schema.model import SchemaObject
from shared.schema.relations import Column, Constraint, Index, Table, Trigger, View
from shared.schema.schema import Dependency, Schema, Snapshot

PARENT = QualifiedName("public", "t")
DECLARED: tuple[SchemaObject, ...] = (
    Table(namespace="public", name="t", partition_key="RANGE (a)"),
    Column(namespace="public", parent="t", name="a", type="integer", not_null=True),
    Constraint(namespace="public", parent="t", name="t_pkey", type="primary_key", definition="PRIMARY KEY (a)"),
    Index(namespace="public", table="t", name="t_i", definition="CREATE INDEX t_i ON ONLY public.t USING btree (a)"),
)
PARTITION: tuple[SchemaObject, ...] = (
    Table(namespace="public", name="t_1", partition_of=PARENT, partition_bound="FOR VALUES FROM (1) TO (2)"),
    Column(namespace="public", parent="t_1", name="a", type="integer", not_null=True, local=False, inherited=True),
    Constraint(
        namespace="public", parent="t_1", name="t_1_pkey", type="primary_key", definition="PRIMARY KEY (a)",
        local=False, inherited=True, partition_child=True,
    ),
    Index(namespace="public", table="t_1", name="t_1_i", definition="…", attached_to=QualifiedName("public", "t_i")),
)  # fmt: skip


def left(
    *objects: SchemaObject,
    dependencies: tuple[Dependency, ...] = (),
    declared: tuple[SchemaObject, ...] = DECLARED,
) -> list[str]:
    snapshot = Snapshot(
        schema=Schema.of(objects), server_version=180000, fingerprint="", dependencies=tuple(sorted(dependencies))
    )
    desired = Schema.of(declared)
    kept = without_following_partitions(snapshot, desired)
    return [str(change.identity) for change in diff_schemas(desired, kept.schema).changes]


def test_a_partition_that_follows_its_parent_is_left_out_with_its_parts():
    assert left(*DECLARED, *PARTITION) == []


@pytest.mark.parametrize(
    "odd",
    [
        Index(namespace="public", table="t_1", name="own", definition="CREATE INDEX own ON public.t_1 USING btree (a)"),
        Constraint(namespace="public", parent="t_1", name="own", type="check", definition="CHECK (a > 0)"),
        Column(namespace="public", parent="t_1", name="b", type="integer"),
    ],
    ids=lambda item: item.kind,
)
def test_a_partition_with_something_of_its_own_is_reported(odd):
    assert str(odd.identity) in left(*DECLARED, *PARTITION, odd)
    assert "table public.t_1" in left(*DECLARED, *PARTITION, odd)


@pytest.mark.parametrize(
    ("enabled", "partition_child", "reported"),
    [("origin", True, False), ("disabled", True, True), ("always", True, True), ("origin", False, True)],
)
def test_a_trigger_follows_only_as_the_parent_s_made_it_and_as_it_was_made(enabled, partition_child, reported):
    definition = "CREATE TRIGGER audit BEFORE INSERT ON public.t{} FOR EACH ROW EXECUTE FUNCTION public.f()"
    on_parent = Trigger(namespace="public", parent="t", name="audit", definition=definition.format(""))
    on_partition = Trigger(
        namespace="public", parent="t_1", name="audit", definition=definition.format("_1"),
        enabled=enabled, partition_child=partition_child,
    )  # fmt: skip
    found = left(*DECLARED, on_parent, *PARTITION, on_partition, declared=(*DECLARED, on_parent))
    assert ("table public.t_1" in found, "trigger public.t_1.audit" in found) == (reported, reported)


def test_a_partition_with_settings_of_its_own_is_reported():
    table = Table(
        namespace="public", name="t_1", partition_of=PARENT, partition_bound="DEFAULT", persistence="unlogged"
    )
    assert "table public.t_1" in left(*DECLARED, table, *PARTITION[1:])


def test_a_partition_that_a_view_reads_is_reported():
    view = View(namespace="public", name="v", definition="SELECT a FROM public.t_1")
    needs = Dependency(view.identity, PARTITION[0].identity)
    assert "table public.t_1" in left(*DECLARED, *PARTITION, view, dependencies=(needs,))


def test_partitions_of_a_drifted_parent_stay_for_its_remediation():
    assert "table public.t_1" in left(*DECLARED[:-1], *PARTITION)


def test_partitions_of_an_undeclared_parent_stay():
    other = [Table(namespace="public", name="u", partition_key="RANGE (a)")]
    child = Table(namespace="public", name="u_1", partition_of=QualifiedName("public", "u"), partition_bound="DEFAULT")
    assert left(*DECLARED, *other, child) == ["table public.u", "table public.u_1"]
