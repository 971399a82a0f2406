"""Version tables of migration tools are not drift, unless they are declared."""

from __future__ import annotations

from shared.diff.tools import TOOLS as KNOWN
from shared.diff.well_known import LeftOut, left_out, tool_objects, without_tool_objects
from shared.postgres.reading.versions import MIGRATION_TOOLS
from shared.schema.database import EventTrigger, Extension, Namespace, Publication
from shared.schema.facets import Comment
from shared.schema.identity import ObjectId, QualifiedName
from shared.schema.relations import Column, Constraint, Index, Sequence, Table
from shared.schema.schema import ColumnOrder, Dependency, Schema, Snapshot

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
    known = {name: tool.tables[0].name for tool in KNOWN if tool.tables for name in tool.name.split(" or ")}
    assert {tool.name: tool.table for tool in MIGRATION_TOOLS}.items() <= known.items()


def reading(*objects):
    return Snapshot(schema=Schema.of(objects), server_version=180000, fingerprint="f")


def table(name, *columns, namespace="public"):
    return (
        Table(name=name, namespace=namespace),
        *(Column(name=column, namespace=namespace, parent=name, type="text") for column in columns),
    )


def owners(*objects, declared=()):
    found = tool_objects(reading(*objects), Schema.of(declared))
    return {identity.name: tool for identity, tool in found.items() if identity.kind not in ("column", "comment")}


def test_a_common_name_is_a_tools_only_with_the_tools_columns():
    assert owners(*table("migrations", "id", "timestamp", "name")) == {"migrations": "typeorm"}
    assert owners(*table("migrations", "id", "migration", "batch")) == {"migrations": "laravel"}
    assert owners(*table("migrations", "id", "bird", "from", "to")) == {}
    assert owners(*table("schema_migrations", "version")) == {"schema_migrations": "rails or dbmate"}
    assert owners(*table("schema_migrations", "version", "dirty")) == {"schema_migrations": "golang-migrate"}


def test_shards_are_citus_own_where_citus_is():
    shards = (*table("events", "id"), *table("events_102008", "id"), *table("events_2024", "id"))
    assert owners(*shards) == {}
    citus = Extension(name="citus", installed_in="pg_catalog")
    assert owners(citus, *shards) == {"events_102008": "citus"}
    assert owners(citus, *table("lonely_102009", "id")) == {}
    cut = "a_name_that_is_so_long_that_citus_has_to_cut_it"
    assert owners(citus, *table(f"{cut}_to_fit"), *table(f"{cut}_0a1b2c3d_102010")) == {
        f"{cut}_0a1b2c3d_102010": "citus"
    }


def test_a_common_namespace_is_a_platforms_only_where_the_platform_shows_itself():
    auth = (Namespace(name="auth"), *table("users", "id", namespace="auth"))
    assert owners(*auth) == {}
    sign = EventTrigger(name="pgrst_ddl_watch", event="ddl_command_end", function="extensions.pgrst_ddl_watch")
    graph = Extension(name="pg_graphql", installed_in="graphql")
    assert owners(*auth, sign, graph) == {
        "auth": "supabase",
        "users": "supabase",
        "pgrst_ddl_watch": "supabase",
        "pg_graphql": "supabase",
    }


def test_what_is_declared_of_a_platforms_namespace_is_compared_and_the_rest_of_it_is_the_platforms():
    sign = EventTrigger(name="pgrst_ddl_watch", event="ddl_command_end", function="extensions.pgrst_ddl_watch")
    namespace = Namespace(name="auth")
    users, key, email = table("users", "id", "email", namespace="auth")
    sessions = table("sessions", "id", namespace="auth")
    left = without_tool_objects(
        reading(namespace, users, key, email, *sessions, sign), Schema.of([namespace, users, key])
    )
    assert left.schema == Schema.of([namespace, users, key])


def test_what_replication_made_is_left_out_unless_it_is_declared():
    made = Publication(name="dbz_publication", all_tables=True)
    own = Publication(name="mine", all_tables=True)
    said = Comment(name="dbz_publication", of="publication", text="x")
    assert without_tool_objects(reading(made, own, said), Schema()).schema == Schema.of([own])
    assert owners(made, own, declared=[made]) == {}


def test_what_is_left_out_is_counted_by_tool_and_a_table_once():
    found = tool_objects(snapshot(*HANGING, *OWN), Schema())
    assert left_out(found) == (LeftOut("goose", 1),)


def test_every_tool_names_its_source_and_something_of_its_own():
    assert [tool.name for tool in KNOWN if not tool.source] == []
    marks = ("tables", "namespaces", "routines", "triggers", "event_triggers", "publications", "subscriptions")
    assert [tool.name for tool in KNOWN if not any(getattr(tool, mark) for mark in marks)] == []
    assert len({tool.name for tool in KNOWN}) == len(KNOWN)
