"""Well-known tools and what each puts into a database for itself, as data. `well_known` decides by it."""

from __future__ import annotations

from typing import Any

import msgspec


class ToolTable(msgspec.Struct, frozen=True):
    """A table a tool keeps for itself.

    Args:
        name: Of the table, in whatever namespace.
        columns: Exactly its columns, where the name alone would not tell it from a user's; empty where it does.
    """

    name: str
    columns: frozenset[str] = frozenset()


class Tool(msgspec.Struct, frozen=True, kw_only=True):
    """A tool's marks. Names may hold `*`, matched as in a shell.

    Args:
        name: How reports call it.
        source: Where the tool says so.
        tables: Kept in the namespaces of users.
        namespaces: All that is in them and is not declared.
        shells: Namespaces made for the tables above; they go with them when nothing else is in them.
        proof: A table (in those namespaces) or an event trigger without which the namespaces are somebody else's. Where
            there is none, a namespace that is declared is the user's.
        routines: Functions in the namespaces of users.
        triggers: On tables of users.
        event_triggers: Of the database.
        publications: Of the database.
        subscriptions: Of the database.
        extensions: That the tool installs without being asked.
    """

    name: str
    source: str
    tables: tuple[ToolTable, ...] = ()
    namespaces: tuple[str, ...] = ()
    shells: tuple[str, ...] = ()
    proof: tuple[str, ...] = ()
    routines: tuple[str, ...] = ()
    triggers: tuple[str, ...] = ()
    event_triggers: tuple[str, ...] = ()
    publications: tuple[str, ...] = ()
    subscriptions: tuple[str, ...] = ()
    extensions: tuple[str, ...] = ()


def _migrations(name: str, source: str, *tables: str | ToolTable, **marks: Any) -> Tool:
    """Describe a migration tool by the tables its own first run creates."""
    kept = tuple(table if isinstance(table, ToolTable) else ToolTable(table) for table in tables)
    return Tool(name=name, source=source, tables=kept, **marks)


TOOLS: tuple[Tool, ...] = (
    _migrations("sqlx", "docs.rs/sqlx, macro.migrate", "_sqlx_migrations"),
    _migrations("diesel", "docs.rs/diesel_migrations", "__diesel_schema_migrations"),
    _migrations("refinery", "docs.rs/refinery", "refinery_schema_history"),
    _migrations("sea-orm", "sea-ql.org/SeaORM, Migration", "seaql_migrations"),
    _migrations("flyway", "documentation.red-gate.com/flyway, Table setting", "flyway_schema_history"),
    _migrations("atlas", "atlasgo.io, revisions-schema", "atlas_schema_revisions", shells=("atlas_schema_revisions",)),
    _migrations("alembic", "alembic.sqlalchemy.org, version_table", "alembic_version"),
    _migrations(
        "rails or dbmate",  # which cannot be told apart
        "guides.rubyonrails.org, active_record_migrations; github.com/amacneil/dbmate",
        ToolTable("schema_migrations", frozenset({"version"})),
        "ar_internal_metadata",
    ),
    _migrations(
        "ecto",
        "hexdocs.pm/ecto_sql, Ecto.Migration",
        ToolTable("schema_migrations", frozenset({"version", "inserted_at"})),
    ),
    _migrations("golang-migrate", "github.com/golang-migrate/migrate, database/postgres", "schema_migrations"),
    _migrations("goose", "github.com/pressly/goose", "goose_db_version"),
    _migrations("liquibase", "docs.liquibase.com, tracking tables", "databasechangelog", "databasechangeloglock"),
    _migrations("django", "docs.djangoproject.com, migrations", "django_migrations"),
    _migrations("prisma", "prisma.io/docs, migration histories", "_prisma_migrations"),
    _migrations("knex", "knexjs.org, migrations", "knex_migrations", "knex_migrations_lock"),
    _migrations(
        "typeorm",
        "typeorm.io, data source options: migrationsTableName, metadataTableName",
        ToolTable("migrations", frozenset({"id", "timestamp", "name"})),
        ToolTable("typeorm_metadata", frozenset({"type", "database", "schema", "table", "name", "value"})),
    ),
    _migrations(
        "laravel", "laravel.com/docs, migrations", ToolTable("migrations", frozenset({"id", "migration", "batch"}))
    ),
    _migrations("sequelize", "sequelize.org, migrations: storage", "SequelizeMeta", "SequelizeData"),
    _migrations("ef-core", "learn.microsoft.com/ef/core, custom history table", "__EFMigrationsHistory"),
    _migrations("node-pg-migrate", "salsita.github.io/node-pg-migrate, migrations-table", "pgmigrations"),
    _migrations("mikro-orm", "mikro-orm.io/docs/migrations", "mikro_orm_migrations"),
    _migrations("kysely", "kysely.dev, Migrator", "kysely_migration", "kysely_migration_lock"),
    _migrations("doctrine", "doctrine-project.org, migrations: table_storage", "doctrine_migration_versions"),
    _migrations("yoyo", "ollycope.com/software/yoyo", "_yoyo_migration", "_yoyo_log", "_yoyo_version", "yoyo_lock"),
    Tool(
        name="drizzle",
        source="orm.drizzle.team, drizzle.config: migrations.schema",
        tables=(ToolTable("__drizzle_migrations"),),
        shells=("drizzle",),
    ),
    Tool(name="sqitch", source="sqitch.org, registry", namespaces=("sqitch",), proof=("changes",)),
    Tool(
        name="pgroll",
        source="pgroll.com/docs, internal state: --pgroll-schema",
        namespaces=("pgroll",),
        proof=("migrations",),
        event_triggers=("pg_roll_handle_ddl", "pg_roll_handle_drop"),
        triggers=("_pgroll_trigger_*",),
        routines=("_pgroll_trigger_*",),
    ),
    Tool(
        name="hasura",
        source="hasura.io/docs, metadata catalogue and event triggers",
        namespaces=("hdb_catalog", "hdb_views"),
        proof=("hdb_*", "event_log"),
        triggers=("notify_hasura_*",),
    ),
    Tool(
        name="pg_repack",
        source="reorg.github.io/pg_repack, details; its namespace `repack` is a member of the extension",
        triggers=("repack_trigger",),
    ),
    Tool(
        name="debezium",
        source="debezium.io, PostgreSQL connector: publication.name, signal.data.collection",
        publications=("dbz_publication",),
        tables=(ToolTable("debezium_signal"),),
    ),
    Tool(
        name="aws-dms",
        source="docs.aws.amazon.com/dms, PostgreSQL source: removing artifacts; control tables",
        tables=tuple(
            ToolTable(name)
            for name in (
                "awsdms_ddl_audit",
                "awsdms_heartbeat",
                "awsdms_apply_exceptions",
                "awsdms_full_load_exceptions",
                "awsdms_history",
                "awsdms_status",
                "awsdms_suspended_tables",
                "awsdms_validation_failures_v1",
                "awsdms_validation_failures_v2",
            )
        ),
        routines=("awsdms_intercept_ddl",),
        event_triggers=("awsdms_intercept_ddl",),
    ),
    Tool(name="airbyte", source="docs.airbyte.com, Postgres source: CDC", publications=("airbyte_publication",)),
    Tool(
        name="pganalyze",
        source="pganalyze.com/docs, create monitoring user: helper functions",
        namespaces=("pganalyze",),
    ),
    Tool(
        name="supabase",
        source="github.com/supabase/postgres, migrations/db: what every project is initialised with",
        namespaces=(
            "auth",
            "extensions",
            "graphql",
            "graphql_public",
            "pgbouncer",
            "pgsodium",
            "pgsodium_masks",
            "realtime",
            "storage",
            "supabase_functions",
            "supabase_migrations",
            "vault",
        ),
        proof=("issue_pg_graphql_access", "issue_graphql_placeholder", "issue_pg_cron_access", "pgrst_ddl_watch"),
        event_triggers=(
            "issue_pg_graphql_access",
            "issue_graphql_placeholder",
            "issue_pg_cron_access",
            "issue_pg_net_access",
            "pgrst_ddl_watch",
            "pgrst_drop_watch",
        ),
        publications=("supabase_realtime", "supabase_realtime_messages_publication"),
        extensions=("pg_graphql", "pgsodium", "supabase_vault", "pgjwt", "pg_net", "pg_stat_statements"),
    ),
)
"""In the order in which they are asked; the first that knows an object names it."""
