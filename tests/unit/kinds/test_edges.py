"""What kinds know about order beyond dependencies, seen in the order of a plan's statements."""

from __future__ import annotations

from shared.diff.compare import diff_schemas
from shared.remediation.planner import plan_remediation
from shared.schema.database import Namespace
from shared.schema.identity import QualifiedName
from shared.schema.model import SchemaObject
from shared.schema.relations import Column, Constraint, Index, Sequence, Table
from shared.schema.routines import Operator, Routine
from shared.schema.schema import Dependency, Schema, Snapshot
from shared.schema.types import BaseType

A, B = QualifiedName("app", "a"), QualifiedName("app", "b")


def snapshot(*objects: SchemaObject, needs: tuple[tuple[SchemaObject, SchemaObject], ...] = ()) -> Snapshot:
    edges = tuple(sorted(Dependency(above.identity, below.identity) for above, below in needs))
    return Snapshot(schema=Schema.of(objects), server_version=180000, fingerprint="", dependencies=edges)


def statements(desired: Snapshot, observed: Snapshot) -> list[str]:
    diff = diff_schemas(desired.schema, observed.schema)
    return [statement.sql for statement in plan_remediation(desired, observed, diff, destructive=True).statements]


def table(
    name: str, *, persistence: str = "permanent", partition_of: QualifiedName | None = None, key: str = ""
) -> Table:
    bound = "FOR VALUES IN (1)" if partition_of else ""
    return Table(
        name=name,
        namespace="app",
        persistence=persistence,
        partition_of=partition_of,
        partition_bound=bound,
        partition_key=key,
    )


def column(table_name: str, name: str = "id", *, not_null: bool = False, default: str = "") -> Column:
    return Column(name=name, namespace="app", parent=table_name, type="bigint", not_null=not_null, default=default)


def key(table_name: str) -> Constraint:
    return Constraint(
        name=f"{table_name}_pkey",
        namespace="app",
        parent=table_name,
        type="primary_key",
        definition="PRIMARY KEY (id)",
        columns=("id",),
    )


REFERENCE = Constraint(
    name="b_a_fkey",
    namespace="app",
    parent="b",
    type="foreign_key",
    definition="FOREIGN KEY (id) REFERENCES app.a(id)",
    columns=("id",),
    references=A,
    referenced_columns=("id",),
)


def persistent(persistence: str) -> Snapshot:
    tables = (table("a", persistence=persistence), table("b", persistence=persistence))
    return snapshot(*tables, column("a", not_null=True), column("b"), key("a"), REFERENCE)


def test_a_table_that_refers_to_another_is_unlogged_first() -> None:
    assert statements(persistent("unlogged"), persistent("permanent")) == [
        'ALTER TABLE "app"."b" SET UNLOGGED',
        'ALTER TABLE "app"."a" SET UNLOGGED',
    ]


def test_a_table_that_is_referred_to_is_logged_first() -> None:
    assert statements(persistent("permanent"), persistent("unlogged")) == [
        'ALTER TABLE "app"."a" SET LOGGED',
        'ALTER TABLE "app"."b" SET LOGGED',
    ]


def test_a_sequence_lets_go_of_a_column_before_that_is_dropped() -> None:
    owned = Sequence(name="s", namespace="app", owned_by_table=A, owned_by_column="id")
    free = Sequence(name="s", namespace="app")
    kept = column("a", "other")
    made = statements(snapshot(table("a"), kept, free), snapshot(table("a"), kept, column("a"), owned))
    assert made.index('ALTER SEQUENCE "app"."s" OWNED BY NONE') < made.index('ALTER TABLE "app"."a" DROP COLUMN "id"')


def test_a_sequence_is_owned_once_the_column_is_there() -> None:
    owned = Sequence(name="s", namespace="app", owned_by_table=A, owned_by_column="id")
    made = statements(
        snapshot(table("a"), column("a"), owned), snapshot(table("a"), Sequence(name="s", namespace="app"))
    )
    adds = next(number for number, sql in enumerate(made) if "ADD COLUMN" in sql)
    assert adds < made.index('ALTER SEQUENCE "app"."s" OWNED BY "app"."a"."id"')


def test_an_operator_that_is_linked_to_one_way_comes_after_the_one_that_links() -> None:
    less = Operator(
        name="<",
        namespace="app",
        signature="app.t, app.t",
        attributes=("FUNCTION = app.lt", "LEFTARG = app.t", "RIGHTARG = app.t"),
    )
    more = Operator(
        name=">=",
        namespace="app",
        signature="app.t, app.t",
        attributes=("FUNCTION = app.ge", "LEFTARG = app.t", "NEGATOR = OPERATOR(app.<)", "RIGHTARG = app.t"),
    )
    made = statements(snapshot(less, more), snapshot())
    assert [sql.split(" (")[0] for sql in made] == ['CREATE OPERATOR "app".>=', 'CREATE OPERATOR "app".<']


def test_a_partition_is_attached_between_its_part_of_the_parents_index_and_an_index_of_its_own() -> None:
    parent, part = table("a", key="LIST (id)"), table("b", partition_of=A)
    above = Index(
        name="above",
        namespace="app",
        table="a",
        columns=("id",),
        definition="CREATE INDEX above ON ONLY app.a USING btree (id)",
    )
    own = Index(
        name="a_own",
        namespace="app",
        table="b",
        columns=("id",),
        definition="CREATE INDEX a_own ON app.b USING btree (id)",
    )
    below = Index(
        name="z_part",
        namespace="app",
        table="b",
        columns=("id",),
        definition="CREATE INDEX z_part ON app.b USING btree (id)",
        attached_to=QualifiedName("app", "above"),
    )
    observed = snapshot(parent, column("a"), above)
    made = statements(snapshot(parent, part, column("a"), column("b"), above, own, below), observed)
    assert [sql.split(" ON ")[0] for sql in made if sql.startswith(("CREATE INDEX", "ALTER TABLE ONLY"))] == [
        'CREATE INDEX "z_part"',
        'ALTER TABLE ONLY "app"."a" ATTACH PARTITION "app"."b" FOR VALUES IN (1)',
        'CREATE INDEX "a_own"',
    ]


def test_a_primary_key_goes_before_the_not_null_that_it_holds() -> None:
    named = Constraint(
        name="a_is_there", namespace="app", parent="a", type="not_null", definition="NOT NULL id", columns=("id",)
    )
    observed = snapshot(table("a"), column("a", not_null=True), named, key("a"))
    made = statements(snapshot(table("a"), column("a")), observed)
    assert [sql for sql in made if "DROP CONSTRAINT" in sql] == [
        'ALTER TABLE "app"."a" DROP CONSTRAINT "a_pkey"',
        'ALTER TABLE "app"."a" DROP CONSTRAINT "a_is_there"',
    ]


def test_the_shell_of_a_type_comes_after_its_namespace_and_before_the_functions_of_the_type() -> None:
    namespace = Namespace(name="app")
    made_of = BaseType(name="a", namespace="app", attributes=("INPUT = app.b_in", "OUTPUT = app.b_out"))
    reads = Routine(name="b_in", namespace="app", signature="cstring", definition="CREATE FUNCTION app.b_in(cstring)")
    needs = ((reads, made_of), (made_of, reads))
    made = statements(snapshot(namespace, made_of, reads, needs=needs), snapshot())
    assert [sql.split("(")[0].strip() for sql in made] == [
        'CREATE SCHEMA "app"',
        'CREATE TYPE "app"."a"',
        "CREATE FUNCTION app.b_in",
        'CREATE TYPE "app"."a"',
    ]
