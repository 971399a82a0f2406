"""What makes other tools cry drift where there is none, or see none where there is: each truth was seen on a server."""
# ruff: noqa: E501  # scripts of SQL read better unbroken

from __future__ import annotations

import asyncio

import asyncpg
import pytest

from shared.postgres.connection import connect_url
from shared.postgres.reading.fingerprint import read_change_token
from shared.postgres.reading.introspect import read_snapshot
from shared.schema.canonical import schema_hash
from shared.schema.facets import Owner, Privileges
from shared.schema.identity import ObjectId
from shared.schema.profile import EVERYTHING, Profile
from tests.fingerprints import read_fingerprint
from tests.hostile import HOSTILE_NAMES

PLAIN = """
CREATE TABLE public.orders (
    id bigserial PRIMARY KEY,
    "order" text NOT NULL DEFAULT 'x',
    placed timestamptz DEFAULT '2020-02-03 04:05:06+00',
    day date DEFAULT '2020-02-03' CHECK (day > '2001-02-03'),
    lasts interval DEFAULT '1 day 02:03:04',
    raw bytea DEFAULT '\\x00ff',
    ratio float8 DEFAULT 0.1,
    price money DEFAULT 12.5,
    CHECK (placed > '2001-02-03 04:05:06+00')
);
CREATE INDEX recent ON public.orders (placed) WHERE placed > '2020-01-01 00:00:00+00';
CREATE VIEW public.late AS SELECT id, lasts FROM public.orders WHERE lasts > '2 days 01:00' AND placed > '2020-01-01';
"""


def shape(databases, script, **reading):
    return schema_hash(databases.snapshot(script, **reading).schema)


@pytest.mark.parametrize(
    "setting",
    [
        "TimeZone = 'Pacific/Auckland'",
        "DateStyle = 'SQL, DMY'",
        "IntervalStyle = 'iso_8601'",
        "bytea_output = 'escape'",
        "extra_float_digits = -10",
        "quote_all_identifiers = on",
        "search_path = public, pg_catalog",
        "standard_conforming_strings = off",
        "xmlbinary = 'hex'",
        "row_security = off",
        "default_transaction_isolation = 'serializable'",
        "lock_timeout = 1",
    ],
)
def test_settings_of_a_database_do_not_change_what_is_read(databases, setting):
    async def read(connection):
        return (await read_snapshot(connection)).fingerprint

    # Set when the objects are there: it is the reading that must not care.
    async def read_after(connection):
        await connection.execute(
            f"DO $$BEGIN EXECUTE format('ALTER DATABASE %I SET {setting.replace(chr(39), chr(39) * 2)}', current_database()); END$$"
        )
        async with asyncio.timeout(20):
            name = await connection.fetchval("SELECT current_database()")
            other = await connect_url(databases.server.dsn(name))
            try:
                return await read(other)
            finally:
                await other.close()

    assert databases.use(PLAIN, read_after) == databases.use(PLAIN, read)


def test_a_planted_operator_does_not_run(databases):
    planted = """
    CREATE TABLE public.ran (by text);
    CREATE FUNCTION public.spy(oid, int8) RETURNS bool LANGUAGE plpgsql AS
        $$BEGIN RAISE EXCEPTION 'the reader ran a tenant''s operator'; END$$;
    CREATE OPERATOR public.= (leftarg = oid, rightarg = int8, function = public.spy);
    CREATE OPERATOR public.>= (leftarg = oid, rightarg = int4, function = public.spy_too);
    """.replace(
        "CREATE OPERATOR public.>=",
        "CREATE FUNCTION public.spy_too(oid, int4) RETURNS bool LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'ran'; END$$; CREATE OPERATOR public.>=",
    )
    settings = 'ALTER DATABASE "%I" SET search_path = public, pg_catalog'
    assert databases.snapshot(planted, settings=settings).unmodelled == ()


def test_hidden_entries_of_column_options_are_not_read(databases):
    """Security release 15.20 keeps a `pg_attver` in every column's attoptions."""
    hidden = """
    SET allow_system_table_mods = on;
    UPDATE pg_attribute SET attoptions = '{pg_attver=7,n_distinct=5}' WHERE attrelid = 'public.orders'::regclass AND attname = 'id';
    UPDATE pg_attribute SET attoptions = '{pg_attver=7}' WHERE attrelid = 'public.orders'::regclass AND attname = 'day';
    """
    seen = databases.snapshot(PLAIN + hidden)
    declared = databases.snapshot(PLAIN + "ALTER TABLE public.orders ALTER id SET (n_distinct = 5)")
    assert seen.schema == declared.schema
    assert seen.fingerprint == declared.fingerprint


def test_an_invalid_index_is_drift(databases):
    invalid = "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'public.recent'::regclass"
    index = databases.snapshot(PLAIN + invalid).schema.by_identity()[
        ObjectId(kind="index", namespace="public", name="recent")
    ]
    assert index.valid is False
    assert databases.fingerprint(PLAIN + invalid) != databases.fingerprint(PLAIN)


def test_the_order_of_grants_and_lists_that_say_the_default_are_not_drift(databases):
    roles = """
    DO $$BEGIN CREATE ROLE truth_one; CREATE ROLE truth_two; EXCEPTION WHEN duplicate_object THEN NULL; END$$;
    CREATE TABLE public.t (a int); CREATE FUNCTION public.f() RETURNS int LANGUAGE sql AS 'SELECT 1';
    """
    one = "GRANT SELECT ON public.t TO truth_one; GRANT SELECT, INSERT ON public.t TO truth_two;"
    two = "GRANT INSERT ON public.t TO truth_two; GRANT SELECT ON public.t TO truth_two, truth_one;"
    default = "GRANT UPDATE ON public.t TO truth_one; REVOKE UPDATE ON public.t FROM truth_one; GRANT EXECUTE ON FUNCTION public.f() TO PUBLIC;"
    granted = Profile(privileges=True)
    assert shape(databases, roles + one, profile=granted) == shape(databases, roles + two, profile=granted)
    assert shape(databases, roles + default, profile=granted) == shape(databases, roles, profile=granted)


def test_who_owns_a_database_is_not_drift_but_who_was_given_something_is(databases):
    role = "DO $$BEGIN CREATE ROLE truth_owner; EXCEPTION WHEN duplicate_object THEN NULL; END$$;"
    owned = Profile(owners=True)
    mine = databases.snapshot(role + "CREATE TABLE public.t ()", profile=owned)
    settings = 'DO $$BEGIN CREATE ROLE truth_owner; EXCEPTION WHEN duplicate_object THEN NULL; END$$; ALTER DATABASE "%I" OWNER TO truth_owner'
    theirs = databases.snapshot(
        "CREATE TABLE public.t (); ALTER TABLE public.t OWNER TO truth_owner", profile=owned, settings=settings
    )
    given = databases.snapshot(
        role + "CREATE TABLE public.t (); ALTER TABLE public.t OWNER TO truth_owner", profile=owned
    )
    assert mine.schema == theirs.schema
    assert [item.role for item in given.schema if isinstance(item, Owner) and item.of == "table"] == ["truth_owner"]


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("CREATE TABLE t (a int, b int)", "CREATE TABLE t (b int, a int)"),
        ("CREATE TABLE t (a int, b int)", "CREATE TABLE t (x int, a int, y int, b int); ALTER TABLE t DROP x, DROP y"),
        (
            "CREATE TABLE t (id serial)",
            ("CREATE SEQUENCE t_id_seq AS int; CREATE TABLE t (id int NOT NULL DEFAULT nextval('t_id_seq')); "
            "ALTER SEQUENCE t_id_seq OWNED BY t.id"),
        ),
        ("CREATE TABLE t (a varchar(3), b decimal(4))", "CREATE TABLE t (a character varying(3), b numeric(4, 0))"),
        ("CREATE TABLE t (a int CHECK (a IN (1, 2)))", "CREATE TABLE t (a int, CHECK (a = ANY (ARRAY[1, 2])))"),
        ("CREATE TABLE t (a int); CREATE INDEX i ON t (a int4_ops ASC NULLS LAST)", 'CREATE TABLE "t" ("a" int4); CREATE INDEX i ON t USING btree (a)'),
        ("CREATE TABLE t (a int); CREATE VIEW v AS SELECT * FROM t", "CREATE TABLE t (a int); CREATE VIEW v AS SELECT t.a FROM t"),
        ("CREATE TABLE t (a int UNIQUE)", "CREATE TABLE t (a int); ALTER TABLE t ADD CONSTRAINT t_a_key UNIQUE (a)"),
        ("CREATE TABLE t (a int NOT NULL)", "CREATE TABLE t (a int); ALTER TABLE t ALTER a SET NOT NULL"),
        ("CREATE TABLE t (a int CONSTRAINT t_a_not_null NOT NULL)", "CREATE TABLE t (a int NOT NULL)"),
        ("CREATE TABLE a (); CREATE TABLE b ()", "CREATE TABLE b (); CREATE TABLE a ()"),
        ("CREATE TABLE t (a int DEFAULT NULL)", "CREATE TABLE t (a int)"),
        ("CREATE TABLE t (); DROP EXTENSION plpgsql; CREATE EXTENSION plpgsql", "CREATE TABLE t ()"),
        ("CREATE TABLE t () WITH (fillfactor = 70, autovacuum_enabled = off)", "CREATE TABLE t () WITH (autovacuum_enabled = off, fillfactor = 70)"),
    ],
)  # fmt: skip
def test_two_spellings_of_one_schema_are_one_shape(databases, one, two):
    assert shape(databases, one) == shape(databases, two)


def test_column_order_is_kept_beside_the_schema_and_named_by_the_fingerprint(databases):
    one, two = (databases.snapshot(f"CREATE TABLE t ({columns})") for columns in ("a int, b int", "b int, a int"))
    assert one.schema == two.schema
    assert (one.column_order[0].columns, two.column_order[0].columns) == (("a", "b"), ("b", "a"))
    assert one.fingerprint != two.fingerprint


def test_members_of_an_extension_are_not_read(databases):
    schema = databases.snapshot("CREATE EXTENSION hstore; CREATE TABLE t (h hstore)", profile=EVERYTHING).schema
    assert {item.kind for item in schema} == {"namespace", "extension", "table", "column", "owner", "comment"}


def test_an_extension_at_its_servers_default_version_says_no_version(databases):
    old = databases.snapshot("CREATE EXTENSION hstore VERSION '1.4'").schema
    new = databases.snapshot("CREATE EXTENSION hstore").schema
    versions = [next(item.version for item in schema if item.kind == "extension") for schema in (old, new)]
    assert versions == ["1.4", ""]


def test_temporary_tables_are_nobodys_schema(databases):
    async def read(connection):
        await connection.execute("CREATE TEMPORARY TABLE passing (id serial PRIMARY KEY)")
        return await read_snapshot(connection)

    assert [item.kind for item in databases.use("", read).schema] == ["namespace"]


def test_hostile_names_are_data(databases):
    quoted = ['"' + name.replace('"', '""') + '"' for name in HOSTILE_NAMES]
    script = ";\n".join(
        f"CREATE SCHEMA {q}; CREATE TABLE {q}.{q} ({q} int PRIMARY KEY CHECK ({q} > 0)); CREATE TYPE {q}.e AS ENUM ($name${n}$name$)"
        for q, n in zip(quoted, HOSTILE_NAMES, strict=True)
    )
    snapshot = databases.snapshot(script, profile=EVERYTHING)
    assert {item.name for item in snapshot.schema if item.kind == "table"} == set(HOSTILE_NAMES)
    assert {item.labels[0] for item in snapshot.schema if item.kind == "enum_type"} == set(HOSTILE_NAMES)
    assert snapshot.unmodelled == ()


CHANGES = (
    "ALTER TABLE p ALTER extra TYPE bigint",
    "ALTER TABLE t ALTER a SET DEFAULT 4",
    "ALTER TABLE t ALTER b SET NOT NULL",
    'ALTER TABLE t ALTER b TYPE text COLLATE "C"',
    "ALTER TABLE t ALTER b SET STORAGE EXTERNAL",
    "ALTER TABLE t ALTER b SET COMPRESSION pglz",
    "ALTER TABLE t ALTER b SET STATISTICS 7",
    "ALTER TABLE t ALTER b SET (n_distinct = 3)",
    "ALTER TABLE t RENAME b TO c",
    "ALTER TABLE t SET (fillfactor = 50)",
    "ALTER TABLE t SET (toast.autovacuum_enabled = off)",
    "ALTER TABLE p SET UNLOGGED",
    "ALTER TABLE t REPLICA IDENTITY FULL",
    "ALTER TABLE t REPLICA IDENTITY USING INDEX t_pkey",
    "ALTER TABLE t ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE t FORCE ROW LEVEL SECURITY",
    "ALTER TABLE t CLUSTER ON t_pkey",
    "ALTER TABLE t CLUSTER ON i",
    "ALTER INDEX t_pkey SET (fillfactor = 50)",
    "ALTER INDEX i SET (fillfactor = 50)",
    "ALTER INDEX e ALTER COLUMN 1 SET STATISTICS 9",
    "ALTER INDEX i RENAME TO j",
    "DROP INDEX i; CREATE INDEX i ON t (a DESC)",
    "DROP INDEX i; CREATE INDEX i ON t (a NULLS FIRST)",
    "DROP INDEX i; CREATE INDEX i ON t (a, b)",
    "DROP INDEX i; CREATE INDEX i ON t (a) INCLUDE (b)",
    "DROP INDEX i; CREATE INDEX i ON t (b text_pattern_ops)",
    'DROP INDEX i; CREATE INDEX i ON t (b COLLATE "C")',
    "DROP INDEX i; CREATE INDEX i ON t USING hash (a)",
    "DROP INDEX i; CREATE UNIQUE INDEX i ON t (a)",
    "DROP INDEX i; CREATE UNIQUE INDEX i ON t (a) NULLS NOT DISTINCT",
    "DROP INDEX i; CREATE INDEX i ON t (a) WHERE a > 1",
    "ALTER TABLE t DROP CONSTRAINT c, ADD CONSTRAINT c CHECK (a > 1)",
    "ALTER TABLE t DROP CONSTRAINT c, ADD CONSTRAINT c CHECK (a > 0) NOT VALID",
    "ALTER TABLE t DROP CONSTRAINT c, ADD CONSTRAINT c CHECK (a > 0) NO INHERIT",
    "ALTER TABLE t DROP CONSTRAINT c, ADD CONSTRAINT c CHECK (a > 0) NOT ENFORCED",
    "ALTER TABLE u DROP CONSTRAINT f, ADD CONSTRAINT f FOREIGN KEY (r) REFERENCES t ON DELETE SET NULL",
    "ALTER TABLE u DROP CONSTRAINT f, ADD CONSTRAINT f FOREIGN KEY (r) REFERENCES t NOT VALID",
    "ALTER TABLE u ALTER CONSTRAINT f DEFERRABLE",
    "ALTER TABLE u ALTER r ADD GENERATED ALWAYS AS IDENTITY",
    "ALTER TABLE u ADD v int GENERATED ALWAYS AS (r) VIRTUAL",
    "ALTER TABLE p ADD CONSTRAINT n NOT NULL r NOT VALID", "ALTER TABLE u RENAME CONSTRAINT u_r_not_null TO n",
    "ALTER TABLE u ADD extra int; ALTER TABLE u INHERIT p",
    "ALTER SEQUENCE s INCREMENT 3",
    "ALTER SEQUENCE s OWNED BY t.a",
    "ALTER SEQUENCE s CACHE 5",
    "ALTER TYPE m ADD VALUE 'z'",
    "ALTER TYPE m ADD VALUE 'z' BEFORE 'x'",
    "ALTER VIEW v SET (security_barrier)",
    "ALTER VIEW v ALTER a SET DEFAULT 4",
    "CREATE OR REPLACE VIEW v AS SELECT r AS a FROM p WHERE r > 1",
    "CREATE FUNCTION g() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "ALTER TABLE t DISABLE TRIGGER g",
    "ALTER TABLE u DISABLE TRIGGER ALL",
    "ALTER TABLE t ENABLE ALWAYS TRIGGER g",
    "ALTER POLICY y ON t USING (a > 3)",
    "ALTER FUNCTION h() COST 7",
    "ALTER FUNCTION h() DEPENDS ON EXTENSION plpgsql",
    "ALTER TRIGGER g ON t DEPENDS ON EXTENSION plpgsql",
    "ALTER DOMAIN d SET NOT NULL",
    "ALTER DOMAIN d ADD CHECK (value > 3)",
    "ALTER STATISTICS x SET STATISTICS 7",
    "ALTER TABLE q DETACH PARTITION q1",
    "ALTER PUBLICATION k ADD TABLES IN SCHEMA other",
    "ALTER PUBLICATION k ADD TABLE u",
    "ALTER USER MAPPING FOR PUBLIC SERVER o OPTIONS (ADD batch '2')",
    "CREATE SCHEMA z",
    "DROP SCHEMA IF EXISTS z; ALTER TABLE t ADD w int",
)  # fmt: skip
SINCE = {
    "NULLS NOT DISTINCT": 15, "TABLES IN SCHEMA": 15,
    "NOT ENFORCED": 18, "VIRTUAL": 18, "NOT NULL r NOT VALID": 18, "RENAME CONSTRAINT u_r_not_null": 18,
}  # fmt: skip
"""The first major whose grammar has it; a change that names none of these is as old as PostgreSQL 14."""
BEFORE_CHANGES = """
CREATE TABLE p (r int, extra int);
CREATE TABLE t (a int PRIMARY KEY, b text, CONSTRAINT c CHECK (a > 0));
CREATE TABLE u (r int NOT NULL, CONSTRAINT f FOREIGN KEY (r) REFERENCES t);
CREATE INDEX i ON t (a); CREATE INDEX e ON t (lower(b));
CREATE SEQUENCE s; CREATE TYPE m AS ENUM ('x', 'y'); CREATE DOMAIN d AS int; CREATE VIEW v AS SELECT r AS a FROM p;
CREATE FUNCTION h() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN new; END$$;
CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION h();
CREATE POLICY y ON t USING (a > 1); CREATE STATISTICS x ON a, b FROM t;
CREATE TABLE q (a int) PARTITION BY LIST (a); CREATE TABLE q1 PARTITION OF q FOR VALUES IN (1);
CREATE SCHEMA other; CREATE PUBLICATION k FOR TABLE t;
CREATE FOREIGN DATA WRAPPER w; CREATE SERVER o FOREIGN DATA WRAPPER w;
CREATE USER MAPPING FOR PUBLIC SERVER o OPTIONS (fetch '1');
"""


def test_every_change_moves_the_token_the_fingerprint_and_the_schema(databases):
    """Each in a transaction that is undone, on one database."""

    named = Profile(not_null_names=True)

    async def look(connection):
        return (
            await read_change_token(connection),
            (await read_fingerprint(connection, profile=named)).hex,
            schema_hash((await read_snapshot(connection, profile=named)).schema),
        )

    async def changes(connection):
        unseen = []
        name = await connection.fetchval("SELECT current_database()")
        admin = await connect_url(databases.server.dsn())
        try:
            before = await look(connection)
            assert await look(connection) == before
            await connection.close()
            major = admin.get_server_version().major
            possible = [each for each in CHANGES if all(major >= SINCE[part] for part in SINCE if part in each)]
            strategy = "STRATEGY FILE_COPY" if major >= 15 else ""  # 14 knows no other
            for number, change in enumerate(("SELECT 'nothing'", *possible)):
                copy = f"{name}_{number}"
                await admin.execute(f"CREATE DATABASE {copy} TEMPLATE {name} {strategy}")
                other = await connect_url(databases.server.dsn(copy))
                try:
                    token = await read_change_token(other)  # names the database too, so a copy has another
                    await other.execute(change)
                    after = await look(other)
                finally:
                    await other.close()
                    await admin.execute(f"DROP DATABASE {copy}")
                unseen += [
                    (change, what)
                    for what, x, y in zip(("token", "fingerprint", "schema"), (token, *before[1:]), after, strict=True)
                    if x == y
                ]
        finally:
            await admin.close()
        return unseen

    nothing = [("SELECT 'nothing'", what) for what in ("token", "fingerprint", "schema")]
    assert databases.use(BEFORE_CHANGES, changes) == nothing


GRANTS = (
    "GRANT EXECUTE ON FUNCTION pg_read_file(text) TO PUBLIC",
    "GRANT SELECT ON pg_authid TO PUBLIC",
    "GRANT SELECT (rolpassword) ON pg_authid TO PUBLIC",
    "REVOKE SELECT ON pg_roles FROM PUBLIC",
    "REVOKE USAGE ON LANGUAGE plpgsql FROM PUBLIC",
    "REVOKE USAGE ON TYPE pg_catalog.xml FROM PUBLIC",
    "GRANT USAGE ON SCHEMA pg_toast TO PUBLIC",
    "REVOKE EXECUTE ON FUNCTION citext_eq FROM PUBLIC",
    "REVOKE USAGE ON TYPE citext FROM PUBLIC",
    "REVOKE EXECUTE ON FUNCTION max(citext) FROM PUBLIC",
    "GRANT USAGE ON FOREIGN DATA WRAPPER postgres_fdw TO PUBLIC",
)
"""On what initdb and extensions have made."""


def test_grants_on_what_initdb_and_extensions_made_are_seen(databases):
    """A back door that no dump of the tenant's own objects shows."""
    granted = Profile(privileges=True)

    async def look(connection):
        schema = (await read_snapshot(connection, profile=granted)).schema
        facets = [item for item in schema if item.kind == "privileges" and item.beside_initial]
        return await read_change_token(connection), (await read_fingerprint(connection, profile=granted)).hex, facets

    async def grants(connection):
        before = await look(connection)
        assert before[2] == []
        unseen = []
        for grant in GRANTS:
            await connection.execute(grant)
            after = await look(connection)
            if after[0] == before[0] or after[1] == before[1] or len(after[2]) != len(before[2]) + 1:
                unseen.append(grant)
            before = after
        return unseen

    assert databases.use("CREATE EXTENSION citext; CREATE EXTENSION postgres_fdw", grants) == []


def test_unchanged_schemas_keep_their_token_when_data_changes(databases):
    async def write(connection):
        before = await read_change_token(connection)
        for statement in ("INSERT INTO public.orders DEFAULT VALUES", "ANALYZE", "VACUUM public.orders"):
            await connection.execute(statement)
        return before, await read_change_token(connection)

    before, after = databases.use(PLAIN, write)
    assert before == after


def test_a_schema_that_keeps_moving_is_read_whole_or_called_busy(databases):
    """Tables come and go under the reader: what it returns is one state, or `busy`, never a mixture or a crash."""
    from shared.postgres.failures import TargetError
    from shared.targets import FailureKind

    async def move(connection):
        name = await connection.fetchval("SELECT current_database()")
        mover = await connect_url(databases.server.dsn(name))
        stop = asyncio.Event()

        async def moving():
            while not stop.is_set():
                await mover.execute(
                    "CREATE TABLE public.one (a int DEFAULT 7); CREATE VIEW public.two AS SELECT a FROM public.one"
                )
                await mover.execute("DROP VIEW public.two; DROP TABLE public.one")

        task = asyncio.create_task(moving())
        seen: list[set[str] | FailureKind] = []
        try:
            for _ in range(10):
                try:
                    seen.append({item.name for item in (await read_snapshot(connection)).schema} & {"one", "two", "a"})
                except TargetError as error:
                    seen.append(error.failure.kind)
        finally:
            stop.set()
            await task
            await mover.close()
        return seen

    for state in databases.use("", move):
        assert state in (set(), {"one", "two", "a"}, FailureKind.BUSY)


def test_privileges_of_an_owner_are_the_owners_whoever_that_is(databases):
    script = "CREATE TABLE public.t (); REVOKE INSERT ON public.t FROM CURRENT_USER;"
    [facet] = [
        item
        for item in databases.snapshot(script, profile=Profile(privileges=True)).schema
        if isinstance(item, Privileges)
    ]
    [grant] = facet.grants
    assert grant.grantee == "{owner}"
    assert "INSERT" not in grant.privileges


def test_asyncpg_never_asks_for_types(databases):
    """Every column is text, oid, bool or int: each other type costs three statements on a fresh connection."""

    async def read(connection: asyncpg.Connection):
        asked = []
        connection.add_query_logger(lambda record: asked.append(record.query))
        await read_snapshot(connection, profile=EVERYTHING)
        return asked

    asked = databases.use(PLAIN, read)
    assert not [query for query in asked if "pg_catalog.pg_range" in query and "elemtype" in query]
    assert len(asked) <= 10


def test_what_hides_in_the_catalogs_own_namespaces_is_counted_and_temporary_relations_are_not(databases):
    hidden = """
    CREATE TABLE information_schema.hidden (a int PRIMARY KEY);
    CREATE FUNCTION pg_catalog.hidden() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN 1; END';
    """

    async def read(connection):
        await connection.execute("CREATE TEMP TABLE passing (a serial PRIMARY KEY, b text DEFAULT 'x', CHECK (a > 0))")
        await connection.execute("CREATE INDEX ON passing (b)")
        return await read_snapshot(connection)

    found = {entry.catalog: entry.count for entry in databases.use(hidden, read).unmodelled}
    assert found["pg_proc"] == 1
    assert found["pg_class"] == 1
    assert databases.use("", read).unmodelled == ()
