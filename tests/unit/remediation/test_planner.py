"""What a plan promises, seen without a server: order, online forms, hazards, and what is withheld."""

from __future__ import annotations

from typing import get_args

import msgspec

from shared.diff.compare import diff_schemas
from shared.kinds import RECORDS
from shared.kinds.step import HazardKind
from shared.remediation.plan import Plan
from shared.remediation.planner import create_script, plan_remediation
from shared.remediation.script import render_script
from shared.schema.database import Extension, Namespace
from shared.schema.identity import QualifiedName
from shared.schema.model import SchemaObject
from shared.schema.relations import Column, Constraint, Index, Table
from shared.schema.schema import Schema, Snapshot

PUBLIC = Namespace(name="public")
ORDERS = Table(name="orders", namespace="public")
ID = Column(name="id", namespace="public", parent="orders", type="bigint", not_null=True)
NOTE = Column(name="note", namespace="public", parent="orders", type="text")
BY_NOTE = Index(
    name="by_note",
    namespace="public",
    table="orders",
    definition="CREATE INDEX by_note ON public.orders USING btree (note)",
    columns=("note",),
)
ORPHAN = Constraint(
    name="orphan", namespace="public", parent="orders", type="check", definition="CHECK ((id > 0))", columns=("id",)
)


def snapshot(*objects: SchemaObject) -> Snapshot:
    return Snapshot(schema=Schema.of(objects), server_version=180000, fingerprint="")


def plan(desired: Snapshot, observed: Snapshot, *, destructive: bool = False, online: bool = True) -> Plan:
    diff = diff_schemas(desired.schema, observed.schema)
    return plan_remediation(desired, observed, diff, destructive=destructive, online=online)


def test_every_kind_has_a_recipe() -> None:
    assert {str(model.__struct_config__.tag) for model in get_args(SchemaObject)} == RECORDS.keys()


def test_equal_schemas_need_no_statement_and_no_script() -> None:
    made = plan(snapshot(ORDERS, ID), snapshot(ORDERS, ID))
    assert (made.statements, made.remaining, render_script(made)) == ((), (), "")


def test_a_missing_index_is_built_beside_the_writers() -> None:
    [statement] = plan(snapshot(ORDERS, NOTE, BY_NOTE), snapshot(ORDERS, NOTE)).statements
    assert statement.sql == 'CREATE INDEX CONCURRENTLY "by_note" ON public.orders USING btree (note)'
    assert (statement.transactional, statement.destructive, statement.lock_timeout_ms) == (False, False, 0)
    assert [hazard.kind for hazard in statement.hazards] == [HazardKind.BUILDS_INDEX]


def test_a_missing_index_blocks_writers_when_online_is_off() -> None:
    [statement] = plan(snapshot(ORDERS, NOTE, BY_NOTE), snapshot(ORDERS, NOTE), online=False).statements
    assert statement.sql == 'CREATE INDEX "by_note" ON public.orders USING btree (note)'
    assert HazardKind.BLOCKS_WRITES in {hazard.kind for hazard in statement.hazards}


def test_an_orphaned_constraint_is_withheld_shown_and_remains() -> None:
    made = plan(snapshot(ORDERS, ID), snapshot(ORDERS, ID, ORPHAN))
    assert [change.identity for change in made.remaining] == [ORPHAN.identity]
    [statement] = made.statements
    assert statement.destructive
    script = render_script(made)
    assert '\n-- ALTER TABLE "public"."orders" DROP CONSTRAINT "orphan";' in script
    assert '\nALTER TABLE "public"."orders" DROP CONSTRAINT' not in script


def test_an_orphaned_constraint_is_dropped_when_destruction_is_wanted() -> None:
    made = plan(snapshot(ORDERS, ID), snapshot(ORDERS, ID, ORPHAN), destructive=True)
    assert made.remaining == ()
    assert '\nALTER TABLE "public"."orders" DROP CONSTRAINT "orphan";' in render_script(made, destructive=True)


def test_what_is_safe_comes_before_what_is_destructive() -> None:
    made = plan(snapshot(ORDERS, ID, NOTE, BY_NOTE), snapshot(ORDERS, ID, NOTE, ORPHAN))
    assert [statement.destructive for statement in made.statements] == [False, True]


def test_a_new_table_is_one_statement_with_its_columns_and_checks() -> None:
    statements = create_script(snapshot(PUBLIC, ORDERS, ID, NOTE, ORPHAN, BY_NOTE))
    assert [statement.sql for statement in statements] == [
        """CREATE TABLE "public"."orders" (
    "id" bigint NOT NULL,
    "note" text,
    CONSTRAINT "orphan" CHECK ((id > 0))
)""",
        'CREATE INDEX "by_note" ON public.orders USING btree (note)',
    ]


def test_a_table_in_place_of_another_kind_waits_for_the_name_without_destruction() -> None:
    sequence = Index(
        name="orders",
        namespace="public",
        table="other",
        definition="CREATE INDEX orders ON public.other USING btree (a)",
    )
    other = Table(name="other", namespace="public")
    made = plan(snapshot(ORDERS, ID, other), snapshot(sequence, other))
    assert not [statement for statement in made.statements if not statement.destructive]
    assert {change.identity for change in made.remaining} == {ORDERS.identity, ID.identity, sequence.identity}


def test_the_plan_does_not_depend_on_the_order_of_dependencies() -> None:
    desired = snapshot(ORDERS, ID, NOTE, BY_NOTE, ORPHAN)
    assert plan(desired, snapshot()) == plan(desired, snapshot())


def test_before_v16_a_child_does_not_say_its_parents_expression_again() -> None:
    parent = Table(name="prices", namespace="public")
    child = Table(name="old_prices", namespace="public", inherits=(QualifiedName("public", "prices"),))
    price = Column(
        name="gross", namespace="public", parent="prices", type="bigint", default="(net * 2)", generated="stored"
    )
    columns = [price, msgspec.structs.replace(price, parent="old_prices", inherited=True)]
    desired = msgspec.structs.replace(snapshot(PUBLIC, parent, child, *columns), server_version=150000)
    made = [statement.sql for statement in create_script(desired)]
    assert made == [
        'CREATE TABLE "public"."prices" (\n    "gross" bigint GENERATED ALWAYS AS ((net * 2)) STORED\n)',
        'CREATE TABLE "public"."old_prices" (\n    "gross" bigint\n)\nINHERITS ("public"."prices")',
    ]


def test_an_extension_moves_where_it_can_and_is_made_again_where_it_cannot() -> None:
    there, elsewhere = (Extension(name="xml2", installed_in=where) for where in ("public", "app"))
    desired, observed = snapshot(PUBLIC, elsewhere), snapshot(PUBLIC, there)
    moved = plan(desired, observed, destructive=True)
    assert [statement.sql for statement in moved.statements] == ['ALTER EXTENSION "xml2" SET SCHEMA "app"']
    again = plan(desired, msgspec.structs.replace(observed, fixed_extensions=("xml2",)), destructive=True)
    assert [statement.sql for statement in again.statements] == [
        'DROP EXTENSION "xml2"',
        'CREATE EXTENSION "xml2" SCHEMA "app"',
    ]
    assert all(statement.destructive for statement in again.statements[:1])
