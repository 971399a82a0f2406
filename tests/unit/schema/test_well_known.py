"""Version tables of migration tools are not drift, unless they are declared."""

from __future__ import annotations

from shared.postgres.versions import TOOLS
from shared.schema.database import Namespace
from shared.schema.facets import Comment
from shared.schema.identity import ObjectId, QualifiedName
from shared.schema.relations import Column, Constraint, Index, Sequence, Table
from shared.schema.schema import ColumnOrder, Dependency, Schema, Snapshot
from shared.schema.well_known import VERSION_TABLES, without_tool_objects

TABLE = Table(name="goose_db_version", namespace="public")
HANGING = (
    TABLE,
    Column(name="id", namespace="public", parent="goose_db_version", type="integer"),
    Constraint(
        name="goose_db_version_pkey", namespace="public", parent="goose_db_version", type="primary_key", definition="x"
    ),
    Index(name="by_version", namespace="public", table="goose_db_version", definition="x"),
    Sequence(
        name="goose_db_version_id_seq", namespace="public", owned_by_table=QualifiedName("public", "goose_db_version")
    ),
    Comment(name="goose_db_version", namespace="public", of="table", text="x"),
)
OWN = (
    Table(name="orders", namespace="public"),
    Column(name="goose_db_version", namespace="public", parent="orders", type="text"),
    Index(name="goose_db_version_idx", namespace="public", table="orders", definition="x"),
)


def snapshot(*objects):
    return Snapshot(
        schema=Schema.of(objects),
        server_version=180000,
        fingerprint="f",
        column_order=(ColumnOrder("public", "goose_db_version", ("id",)), ColumnOrder("public", "orders", ("a",))),
        dependencies=(Dependency(HANGING[1].identity, TABLE.identity), Dependency(OWN[1].identity, OWN[0].identity)),
    )


def test_a_version_table_goes_with_everything_that_hangs_on_it():
    left = without_tool_objects(snapshot(*HANGING, *OWN), Schema())
    assert left.schema == Schema.of(OWN)
    assert left.column_order == (ColumnOrder("public", "orders", ("a",)),)
    assert left.dependencies == (Dependency(OWN[1].identity, OWN[0].identity),)


def test_a_declared_version_table_stays():
    whole = snapshot(*HANGING, *OWN)
    assert without_tool_objects(whole, Schema.of((TABLE,))) is whole


def test_a_namespace_that_a_tool_made_for_itself_goes_when_nothing_else_is_in_it():
    namespace = Namespace(name="atlas_schema_revisions")
    table = Table(name="atlas_schema_revisions", namespace="atlas_schema_revisions")
    assert without_tool_objects(snapshot(namespace, table), Schema()).schema == Schema()
    kept = without_tool_objects(
        snapshot(namespace, table, Table(name="mine", namespace="atlas_schema_revisions")), Schema()
    )
    assert ObjectId(kind="namespace", name="atlas_schema_revisions") in kept.schema.by_identity()


def test_every_tool_whose_version_is_read_is_known():
    assert {tool.name: tool.table for tool in TOOLS} == {name: tables[0] for name, tables in VERSION_TABLES.items()}
