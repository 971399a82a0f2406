"""What is rebuilt, loosened or kept because of what a plan changes, seen without a server."""

from __future__ import annotations

import pytest

from shared.diff.compare import diff_schemas
from shared.remediation.planner import plan_remediation
from shared.schema.identity import QualifiedName
from shared.schema.model import SchemaObject
from shared.schema.relations import Column, Sequence, Table, View
from shared.schema.schema import Dependency, Schema, Snapshot

T = Table(namespace="public", name="t")
ID = Column(namespace="public", parent="t", name="id", type="integer", not_null=True)
GONE = Column(namespace="public", parent="t", name="gone", type="text")
VIEW = View(namespace="public", name="v", definition=" SELECT id\n   FROM public.t", columns=("id integer",))
ABOVE = View(namespace="public", name="w", definition=" SELECT id\n   FROM public.v", columns=("id integer",))


def snapshot(*objects: SchemaObject, needs: tuple[tuple[SchemaObject, SchemaObject], ...] = ()) -> Snapshot:
    edges = tuple(sorted(Dependency(dependent.identity, referenced.identity) for dependent, referenced in needs))
    return Snapshot(schema=Schema.of(objects), server_version=180000, fingerprint="", dependencies=edges)


def steps(desired: Snapshot, observed: Snapshot) -> list[str]:
    diff = diff_schemas(desired.schema, observed.schema)
    made = plan_remediation(desired, observed, diff, destructive=True)
    return [" ".join(statement.sql.split()) for statement in made.statements]


def position(found: list[str], begin: str) -> int:
    [place] = [number for number, sql in enumerate(found) if sql.startswith(begin)]
    return place


def test_views_that_stand_on_a_column_whose_type_changes_are_dropped_before_and_made_again_after_it():
    wider = Column(namespace="public", parent="t", name="id", type="bigint", not_null=True)
    needs = ((VIEW, ID), (ABOVE, VIEW))
    found = steps(snapshot(T, wider, VIEW, ABOVE, needs=needs), snapshot(T, ID, VIEW, ABOVE, needs=needs))
    places = [
        position(found, 'DROP VIEW "public"."w"'),
        position(found, 'DROP VIEW "public"."v"'),
        position(found, 'ALTER TABLE "public"."t" ALTER COLUMN "id" SET DATA TYPE bigint'),
        position(found, 'CREATE VIEW "public"."v"'),
        position(found, 'CREATE VIEW "public"."w"'),
    ]
    assert places == sorted(places)


def test_a_view_is_left_alone_when_its_column_only_gets_a_default():
    with_default = Column(namespace="public", parent="t", name="id", type="integer", not_null=True, default="7")
    needs = ((VIEW, ID),)
    found = steps(snapshot(T, with_default, VIEW, needs=needs), snapshot(T, ID, VIEW, needs=needs))
    assert found == ['ALTER TABLE ONLY "public"."t" ALTER COLUMN "id" SET DEFAULT 7']


def test_a_view_that_no_longer_needs_a_column_which_goes_lets_go_of_it_first():
    definition = " SELECT id,\n    gone\n   FROM public.t"
    reads_both = View(namespace="public", name="v", definition=definition, columns=("id integer", "gone text"))
    found = steps(
        snapshot(T, ID, VIEW, needs=((VIEW, ID),)),
        snapshot(T, ID, GONE, reads_both, needs=((reads_both, ID), (reads_both, GONE))),
    )
    assert position(found, 'DROP VIEW "public"."v"') < position(found, 'ALTER TABLE "public"."t" DROP COLUMN "gone"')
    assert position(found, 'DROP VIEW "public"."v"') < position(found, 'CREATE VIEW "public"."v"')


def partitioned(key: str) -> Snapshot:
    parent = Table(namespace="public", name="t", partition_key=key)
    part = Table(
        namespace="public", name="t_1", partition_of=QualifiedName("public", "t"), partition_bound="DEFAULT"
    )  # fmt: skip
    above = Column(namespace="public", parent="t", name="id", type="integer")
    below = Column(namespace="public", parent="t_1", name="id", type="integer", local=False, inherited=True)
    needs = ((above, parent), (below, part), (part, parent), (below, above))
    return snapshot(parent, part, above, below, needs=needs)


def test_a_partition_that_stays_is_detached_before_its_parent_is_dropped_and_attached_to_the_new_one():
    found = steps(partitioned("LIST (id)"), partitioned("RANGE (id)"))
    places = [
        position(found, 'ALTER TABLE ONLY "public"."t" DETACH PARTITION "public"."t_1"'),
        position(found, 'DROP TABLE "public"."t"'),
        position(found, 'CREATE TABLE "public"."t"'),
        position(found, 'ALTER TABLE ONLY "public"."t" ATTACH PARTITION "public"."t_1" DEFAULT'),
    ]
    assert places == sorted(places)


def test_a_partition_that_becomes_a_table_of_its_own_is_detached_and_not_dropped():
    alone = Table(namespace="public", name="t_1")
    own = Column(namespace="public", parent="t_1", name="id", type="integer")
    found = steps(snapshot(alone, own, needs=((own, alone),)), partitioned("RANGE (id)"))
    assert found == ['ALTER TABLE ONLY "public"."t" DETACH PARTITION "public"."t_1"', 'DROP TABLE "public"."t"']


@pytest.mark.parametrize("column", ["id", "gone"])
def test_a_sequence_that_stays_is_released_before_the_column_that_owns_it_goes(column):
    owner = {"id": ID, "gone": GONE}[column]
    name = QualifiedName("public", "t")
    owned = Sequence(namespace="public", name="s", owned_by_table=name, owned_by_column=column)
    free = Sequence(namespace="public", name="s")
    rest = GONE if column == "id" else ID
    found = steps(snapshot(T, rest, free), snapshot(T, rest, owner, owned, needs=((owned, owner),)))
    released = [sql for sql in found if sql.startswith('ALTER SEQUENCE "public"."s" OWNED BY NONE')]
    assert len(released) == 1
    assert found.index(released[0]) < position(found, f'ALTER TABLE "public"."t" DROP COLUMN "{column}"')
    assert not [sql for sql in found if sql.startswith("DROP SEQUENCE")]


def test_a_sequence_is_released_while_the_column_that_owns_it_is_made_anew():
    computed = Column(namespace="public", parent="t", name="gone", type="text", generated="stored", default="'x'::text")
    owned = Sequence(
        namespace="public", name="s", owned_by_table=QualifiedName("public", "t"), owned_by_column="gone"
    )  # fmt: skip
    found = steps(
        snapshot(T, ID, computed, owned, needs=((owned, computed),)),
        snapshot(T, ID, GONE, owned, needs=((owned, GONE),)),
    )
    places = [
        position(found, 'ALTER SEQUENCE "public"."s" OWNED BY NONE'),
        position(found, 'ALTER TABLE "public"."t" DROP COLUMN "gone"'),
        position(found, 'ALTER TABLE "public"."t" ADD COLUMN "gone"'),
        position(found, 'ALTER SEQUENCE "public"."s" OWNED BY "public"."t"."gone"'),
    ]
    assert places == sorted(places)
