"""In which order materialized views are filled, when only bodies of routines say what reads what."""

from __future__ import annotations

from shared.diff.compare import diff_schemas
from shared.remediation.planner import plan_remediation
from shared.schema.model import SchemaObject
from shared.schema.relations import MaterializedView, View
from shared.schema.routines import Routine
from shared.schema.schema import Dependency, Schema, Snapshot

READ = MaterializedView(namespace="public", name="z_read", definition=" SELECT 1 AS id;", columns=("id integer",))
ROUTINE = Routine(
    namespace="public",
    name="count_them",
    definition="CREATE FUNCTION public.count_them()\n RETURNS bigint\n LANGUAGE sql\n"
    "AS $f$SELECT count(*) FROM z_read$f$",
)
BRIDGE = View(namespace="public", name="bridge", definition=" SELECT public.count_them() AS n;", columns=("n bigint",))
READER = MaterializedView(
    namespace="public", name="a_reader", definition=" SELECT n FROM public.bridge;", columns=("n bigint",)
)


def filled(*objects: SchemaObject, needs: tuple[tuple[SchemaObject, SchemaObject], ...]) -> list[str]:
    edges = tuple(sorted(Dependency(dependent.identity, referenced.identity) for dependent, referenced in needs))
    desired = Snapshot(schema=Schema.of(objects), server_version=180000, fingerprint="", dependencies=edges)
    empty = Snapshot(schema=Schema(), server_version=180000, fingerprint="")
    plan = plan_remediation(desired, empty, diff_schemas(desired.schema, empty.schema), destructive=False)
    return [statement.object.name for statement in plan.statements if statement.sql.startswith("REFRESH ")]


def test_a_view_is_filled_after_another_that_a_routine_of_its_query_reads():
    needs = ((BRIDGE, ROUTINE), (READER, BRIDGE))
    assert filled(READ, ROUTINE, BRIDGE, READER, needs=needs) == ["z_read", "a_reader"]


def test_views_that_read_nothing_of_each_other_are_filled_by_name():
    assert filled(READ, READER, needs=()) == ["a_reader", "z_read"]
