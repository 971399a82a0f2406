"""Migration tools: the table in which each remembers what it has run, made and filled as the tool does it.

Each statement is what the tool itself runs, by its public source or its documentation.
"""
# ruff: noqa: E501  # statements of SQL read better unbroken

from __future__ import annotations

import zlib
from collections.abc import Callable

import msgspec

TIMES = ("20240101000000", "20240201000000")


class Tool(msgspec.Struct, frozen=True, kw_only=True):
    """A migration tool and its example folder.

    Args:
        name: Of its folder below `examples`.
        source: Its migrations within that folder.
        versions: Of the two migrations, as its table spells them.
        place: Where the second migration makes the index.
        table: The statements that make its table, and the rows that it writes before the first migration.
        row: The statement that it runs after a migration, for a place in `versions`.
        unfinished: The statement that marks the second migration as begun or failed; empty when it does not say.
        lock: The number of the advisory lock that it holds in a database, while it works; None when it takes none.
    """

    name: str
    source: str
    versions: tuple[str, str]
    place: str
    table: str
    row: Callable[[int], str]
    unfinished: str = ""
    lock: Callable[[str], int] | None = None

    def applied(self, count: int) -> str:
        """Write the table after so many migrations."""
        return ";\n".join([self.table, *map(self.row, range(count))])


def java_hash(text: str) -> int:
    """Hash a string as Java does: a signed number of 32 bits."""
    number = 0
    for character in text:
        number = number * 31 + ord(character) & 0xFFFFFFFF
    return number - (1 << 32) if number >> 31 else number


def golang_migrate_lock(database: str) -> int:
    return zlib.crc32(f"public\0schema_migrations\0{database}".encode()) * 1486364155 & 0xFFFFFFFF


TOOLS = (
    Tool(
        name="sqlx",
        source="migrations",
        versions=TIMES,
        place="20240201000000_by_email.sql:1",
        table="""CREATE TABLE _sqlx_migrations (version BIGINT PRIMARY KEY, description TEXT NOT NULL,
            installed_on TIMESTAMPTZ NOT NULL DEFAULT now(), success BOOLEAN NOT NULL, checksum BYTEA NOT NULL,
            execution_time BIGINT NOT NULL)""",
        row=lambda place: (
            f"""INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
            VALUES ({TIMES[place]}, 'm', TRUE, 'x', 12)"""
        ),
        unfinished=f"""INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
            VALUES ({TIMES[1]}, 'by email', FALSE, 'x', -1)""",
        lock=lambda database: 0x3D32AD9E * zlib.crc32(database.encode()),
    ),
    Tool(
        name="diesel",
        source="migrations",
        versions=TIMES,
        place="2024-02-01-000000_by_email/up.sql:1",
        table="""CREATE TABLE __diesel_schema_migrations (version VARCHAR(50) PRIMARY KEY NOT NULL,
            run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP)""",
        row=lambda place: f"INSERT INTO __diesel_schema_migrations (version) VALUES ('{TIMES[place]}')",
    ),
    Tool(
        name="refinery",
        source="migrations",
        versions=("1", "2"),
        place="U2__by_email.sql:1",
        table="""CREATE TABLE refinery_schema_history (version INT4 PRIMARY KEY, name VARCHAR(255),
            applied_on VARCHAR(255), checksum VARCHAR(255))""",
        row=lambda place: (
            f"""INSERT INTO refinery_schema_history (version, name, applied_on, checksum)
            VALUES ({place + 1}, 'm', '2024-01-01T00:00:00Z', '1')"""
        ),
    ),
    Tool(
        name="flyway",
        source="sql",
        versions=("1", "2"),
        place="V2__by_email.sql:1",
        table="""CREATE TABLE flyway_schema_history (installed_rank INT NOT NULL, version VARCHAR(50),
            description VARCHAR(200) NOT NULL, type VARCHAR(20) NOT NULL, script VARCHAR(1000) NOT NULL, checksum INTEGER,
            installed_by VARCHAR(100) NOT NULL, installed_on TIMESTAMP NOT NULL DEFAULT now(),
            execution_time INTEGER NOT NULL, success BOOLEAN NOT NULL);
            ALTER TABLE flyway_schema_history ADD CONSTRAINT flyway_schema_history_pk PRIMARY KEY (installed_rank);
            CREATE INDEX flyway_schema_history_s_idx ON flyway_schema_history (success)""",
        row=lambda place: (
            f"""INSERT INTO flyway_schema_history (installed_rank, version, description, type, script,
            installed_by, execution_time, success) VALUES ({place + 1}, '{place + 1}', 'm', 'SQL', 'V.sql', 'me', 9, true)"""
        ),
        unfinished="""INSERT INTO flyway_schema_history (installed_rank, version, description, type, script,
            installed_by, execution_time, success) VALUES (2, '2', 'by email', 'SQL', 'V2__by_email.sql', 'me', 9, false)""",
        lock=lambda _database: int.from_bytes(b"Flyway") + java_hash('"public"."flyway_schema_history"'),
    ),
    Tool(
        name="liquibase",
        source="changelog",
        versions=("ann:orders", "ann:by_email"),
        place="orders.sql:11",
        table="""CREATE TABLE databasechangeloglock (ID INTEGER NOT NULL, LOCKED BOOLEAN NOT NULL,
            LOCKGRANTED TIMESTAMP WITHOUT TIME ZONE, LOCKEDBY VARCHAR(255),
            CONSTRAINT databasechangeloglock_pkey PRIMARY KEY (ID));
            INSERT INTO databasechangeloglock (ID, LOCKED) VALUES (1, FALSE);
            CREATE TABLE databasechangelog (ID VARCHAR(255) NOT NULL, AUTHOR VARCHAR(255) NOT NULL,
            FILENAME VARCHAR(255) NOT NULL, DATEEXECUTED TIMESTAMP WITHOUT TIME ZONE NOT NULL, ORDEREXECUTED INTEGER NOT NULL,
            EXECTYPE VARCHAR(10) NOT NULL, MD5SUM VARCHAR(35), DESCRIPTION VARCHAR(255), COMMENTS VARCHAR(255),
            TAG VARCHAR(255), LIQUIBASE VARCHAR(20), CONTEXTS VARCHAR(255), LABELS VARCHAR(255),
            DEPLOYMENT_ID VARCHAR(10))""",
        row=lambda place: (
            f"""INSERT INTO databasechangelog (ID, AUTHOR, FILENAME, DATEEXECUTED, ORDEREXECUTED, EXECTYPE)
            VALUES ('{("orders", "by_email")[place]}', 'ann', 'orders.sql', NOW(), {place + 1}, 'EXECUTED')"""
        ),
    ),
    Tool(
        name="atlas",
        source="migrations",
        versions=TIMES,
        place="20240201000000_by_email.sql:1",
        table="""CREATE SCHEMA atlas_schema_revisions;
            CREATE TABLE atlas_schema_revisions.atlas_schema_revisions (version character varying NOT NULL,
            description character varying NOT NULL, type bigint NOT NULL DEFAULT 2, applied bigint NOT NULL DEFAULT 0,
            total bigint NOT NULL DEFAULT 0, executed_at timestamptz NOT NULL, execution_time bigint NOT NULL,
            error text NULL, error_stmt text NULL, hash character varying NOT NULL, partial_hashes jsonb NULL,
            operator_version character varying NOT NULL, PRIMARY KEY (version))""",
        row=lambda place: (
            f"""INSERT INTO atlas_schema_revisions.atlas_schema_revisions (version, description, applied,
            total, executed_at, execution_time, hash, operator_version)
            VALUES ('{TIMES[place]}', 'm', 1, 1, now(), 9, 'h', 'Atlas CLI v0.30.0')"""
        ),
        unfinished=f"""INSERT INTO atlas_schema_revisions.atlas_schema_revisions (version, description, applied,
            total, executed_at, execution_time, error, error_stmt, hash, operator_version)
            VALUES ('{TIMES[1]}', 'by_email', 0, 1, now(), 9, 'deadlock detected', 'CREATE INDEX', 'h', 'Atlas CLI v0.30.0')""",
        lock=lambda _database: 2686470616,  # FNV-1, 32 bits, of "atlas_migrate_execute"
    ),
    Tool(
        name="golang_migrate",
        source="migrations",
        versions=("1", "2"),
        place="000002_by_email.up.sql:1",
        table="CREATE TABLE schema_migrations (version bigint not null primary key, dirty boolean not null)",
        row=lambda place: f"TRUNCATE schema_migrations; INSERT INTO schema_migrations VALUES ({place + 1}, false)",
        unfinished="TRUNCATE schema_migrations; INSERT INTO schema_migrations VALUES (2, true)",
        lock=golang_migrate_lock,
    ),
    Tool(
        name="goose",
        source="migrations",
        versions=("1", "2"),
        place="00002_by_email.sql:2",
        table="""CREATE TABLE goose_db_version (id integer PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY,
            version_id bigint NOT NULL, is_applied boolean NOT NULL, tstamp timestamp NOT NULL DEFAULT now());
            INSERT INTO goose_db_version (version_id, is_applied) VALUES (0, true)""",
        row=lambda place: f"INSERT INTO goose_db_version (version_id, is_applied) VALUES ({place + 1}, true)",
        lock=lambda _database: 5887940537704921958,
    ),
    Tool(
        name="dbmate",
        source="db/migrations",
        versions=TIMES,
        place="20240201000000_by_email.sql:2",
        table="CREATE TABLE schema_migrations (version varchar(128) PRIMARY KEY)",
        row=lambda place: f"INSERT INTO schema_migrations (version) VALUES ('{TIMES[place]}')",
    ),
)
