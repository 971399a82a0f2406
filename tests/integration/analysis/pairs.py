"""Pairs of a declaration and a tenant, each with what every command has to say of it."""

# ruff: noqa: E501  # SQL reads better on one line

from __future__ import annotations

import msgspec

from shared.schema.database import Extension
from shared.schema.profile import EVERYTHING, Profile
from shared.schema.schema import Schema, Snapshot

IN_SYNC, DRIFTED = "in sync", "drifted"


class Pair(msgspec.Struct, frozen=True, kw_only=True):
    """A declaration, a tenant, and what is expected.

    Args:
        desired: What the declaration says.
        observed: What was run in the tenant.
        verdict: In sync or drifted.
        changes: What differs, as `kind name`.
        profile: Which facets are compared.
        namespace: The tenant is this namespace; the declaration calls it `{tenant}`.
        alien: Name of an extension that the tenant has and no scratch server knows.
        unwanted: The plan has nothing to apply without --destructive.
    """

    desired: str
    observed: str
    verdict: str = DRIFTED
    changes: tuple[str, ...] = ()
    profile: Profile = Profile()
    namespace: str = ""
    alien: str = ""
    unwanted: bool = False

    def read(self, snapshot: Snapshot) -> Snapshot:
        """Give the tenant's snapshot: with the extension that this server does not have."""
        if not self.alien:
            return snapshot
        schema = Schema.of([*snapshot.schema, Extension(name=self.alien, version="3.4.0", installed_in="public")])
        return msgspec.structs.replace(snapshot, schema=schema)


PLAIN = "CREATE TABLE plain (id int PRIMARY KEY);"
ORDERS = "CREATE TABLE orders (id int PRIMARY KEY, status varchar(9) CHECK (status IN ('paid', 'open')), total numeric DEFAULT 1.50);"
BY_STATUS = "CREATE INDEX by_status ON orders (status) WHERE status IN ('paid', 'open');"
RESPELT = "CREATE TABLE orders (id int PRIMARY KEY, status varchar(9) CONSTRAINT orders_status_check CHECK (((status)::text = ANY (ARRAY[('paid'::character varying)::text, ('open'::character varying)::text]))), total numeric DEFAULT 1.5);"
LOGS = "CREATE TABLE logs (at date NOT NULL, line text) PARTITION BY RANGE (at);"
MAY = "CREATE TABLE logs_may PARTITION OF logs FOR VALUES FROM ('2026-05-01') TO ('2026-06-01');"
FLYWAY = (
    "CREATE TABLE flyway_schema_history (installed_rank int NOT NULL CONSTRAINT flyway_schema_history_pk PRIMARY KEY, version varchar(50), description varchar(200) NOT NULL, type varchar(20) NOT NULL, script varchar(1000) NOT NULL, checksum int, installed_by varchar(100) NOT NULL, installed_on timestamp NOT NULL DEFAULT now(), execution_time int NOT NULL, success boolean NOT NULL);"
    "CREATE INDEX flyway_schema_history_s_idx ON flyway_schema_history (success);"
)
ALEMBIC = "CREATE TABLE alembic_version (version_num varchar(32) NOT NULL CONSTRAINT alembic_version_pkc PRIMARY KEY);"

PAIRS = {
    "equal": Pair(desired=ORDERS + BY_STATUS, observed=ORDERS + BY_STATUS, verdict=IN_SYNC),
    "restored from a dump": Pair(desired=ORDERS, observed=RESPELT.replace("1.5)", "1.50)"), verdict=IN_SYNC),
    "a missing index": Pair(desired=ORDERS + BY_STATUS, observed=ORDERS, changes=("index by_status",)),
    "a missing table": Pair(
        desired=ORDERS + "CREATE TABLE t (a int);", observed=ORDERS, changes=("column a", "table t")
    ),
    "an unexpected index": Pair(
        desired=ORDERS, observed=ORDERS + BY_STATUS, changes=("index by_status",), unwanted=True
    ),
    "an altered column": Pair(
        desired=ORDERS, observed=ORDERS.replace("DEFAULT 1.50", "DEFAULT 2"), changes=("column total",)
    ),
    "an altered column and what tells a spelling": Pair(
        desired=ORDERS, observed=RESPELT.replace("DEFAULT 1.5", "DEFAULT 2"), changes=("column total",)
    ),
    "a renamed column": Pair(
        desired="CREATE TABLE t (id int, surname text);",
        observed="CREATE TABLE t (id int, family_name text);",
        changes=("column family_name", "column surname"),
    ),
    "partitions that time made": Pair(desired=LOGS, observed=LOGS + MAY, verdict=IN_SYNC),
    "partitions that time made, compared": Pair(
        desired=LOGS, observed=LOGS + MAY, profile=Profile(partitions=True), unwanted=True,
        changes=("column at", "column line", "table logs_may"),
    ),
    "partitions below what has drifted": Pair(
        desired=LOGS + "CREATE INDEX by_day ON logs (at);", observed=LOGS + MAY,
        changes=("column at", "column line", "index by_day", "table logs_may"),
    ),
    "partitions that time made beside drift": Pair(
        desired=LOGS + ORDERS + BY_STATUS, observed=LOGS + MAY + ORDERS, changes=("index by_status",)
    ),
    "a partition with an index of its own": Pair(
        desired=LOGS, observed=LOGS + MAY + "CREATE INDEX odd ON logs_may (line);", unwanted=True,
        changes=("column at", "column line", "index odd", "table logs_may"),
    ),
    "a tool's table": Pair(desired=ORDERS, observed=ORDERS + FLYWAY, verdict=IN_SYNC),
    "a tool's table beside drift": Pair(
        desired=ORDERS + BY_STATUS, observed=ORDERS + FLYWAY, changes=("index by_status",)
    ),
    "a declared tool's table beside drift": Pair(
        desired=ORDERS + BY_STATUS + FLYWAY, observed=ORDERS + FLYWAY, changes=("index by_status",)
    ),
    "a declared tool's table, and another tool's": Pair(
        desired=ORDERS + BY_STATUS + FLYWAY, observed=ORDERS + FLYWAY + ALEMBIC, changes=("index by_status",)
    ),
    "storage parameters that mean the same": Pair(
        desired="CREATE TABLE t (a int) WITH (autovacuum_enabled = off);",
        observed="CREATE TABLE t (a int) WITH (fillfactor = 100, autovacuum_enabled = false);",
        verdict=IN_SYNC,
    ),
    "storage parameters, spelling compared": Pair(
        desired="CREATE TABLE t (a int) WITH (autovacuum_enabled = off);",
        observed="CREATE TABLE t (a int) WITH (autovacuum_enabled = false);",
        profile=Profile(spelling=True),
        changes=("table t",),
    ),
    "storage parameters that mean the same beside drift": Pair(
        desired="CREATE TABLE t (a int, b int) WITH (autovacuum_enabled = off);",
        observed="CREATE TABLE t (a int) WITH (autovacuum_enabled = false);",
        changes=("column b",),
    ),
    "a comment, not compared": Pair(
        desired=ORDERS, observed=ORDERS + "COMMENT ON TABLE orders IS 'theirs';", verdict=IN_SYNC
    ),
    "a comment, compared": Pair(
        desired=ORDERS, observed=ORDERS + "COMMENT ON TABLE orders IS 'theirs';", profile=Profile(comments=True),
        changes=("comment orders",),
    ),
    "everything compared": Pair(
        desired=ORDERS + "COMMENT ON TABLE orders IS 'ours';", observed=ORDERS, profile=EVERYTHING,
        changes=("comment orders",),
    ),
    "an extension nobody can install": Pair(
        desired=PLAIN, observed=PLAIN, alien="no_such_extension",
        changes=("extension no_such_extension",),
    ),
    "an extension nobody can install beside drift": Pair(
        desired=PLAIN + "CREATE INDEX by_id ON plain (id);", observed=PLAIN, alien="no_such_extension",
        changes=("extension no_such_extension", "index by_id"),
    ),
    "an extension nobody can install beside partitions": Pair(
        desired=LOGS, observed=LOGS + MAY, alien="no_such_extension",
        changes=("extension no_such_extension",),
    ),
    "a namespace per tenant": Pair(
        desired=ORDERS + BY_STATUS,
        observed="CREATE SCHEMA acme; SET search_path = acme;" + ORDERS,
        namespace="acme",
        changes=("index by_status",),
    ),
    "a namespace per tenant, in sync": Pair(
        desired=ORDERS + BY_STATUS,
        observed="CREATE SCHEMA acme; SET search_path = acme;" + ORDERS + BY_STATUS,
        namespace="acme",
        verdict=IN_SYNC,
    ),
    "a namespace that stands on the shared one": Pair(
        desired="CREATE EXTENSION hstore; CREATE TABLE t (a public.hstore, b int);",
        observed="CREATE EXTENSION hstore; CREATE SCHEMA acme; CREATE TABLE acme.t (a public.hstore);",
        namespace="acme",
        changes=("column b",),
    ),
}  # fmt: skip
