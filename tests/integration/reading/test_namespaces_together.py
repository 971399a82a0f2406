"""Namespaces of one database are read together, and each is read as if it had been read alone."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from shared.hosts import Host
from shared.postgres.connection import connect_tenant, connect_url
from shared.postgres.names.own_names import own_names
from shared.postgres.reading import observe_namespaces as together
from shared.postgres.reading import read_namespaces
from shared.postgres.reading.introspect import read_snapshot
from shared.postgres.reading.namespace_lines import read_lines_of_many
from shared.postgres.reading.observe import observe
from shared.postgres.reading.observe_namespaces import observe_namespaces
from shared.schema.profile import Profile
from shared.schema.schema import SchemaVersion
from shared.targets import Failure, FailureKind, Limits, Observation, ReadRequest, Sighting, Target
from tests.hostile import HOSTILE_NAMES

TENANT = """
CREATE SCHEMA {name};
CREATE TYPE {name}.mood AS ENUM ('ok', 'app.', 'sad');
CREATE DOMAIN {name}.short AS text CHECK (length(VALUE) < 9);
CREATE TABLE {name}.people (id serial PRIMARY KEY, mood {name}.mood DEFAULT 'ok', boss int REFERENCES {name}.people,
    s {name}.short[]);
CREATE INDEX by_mood ON {name}.people (mood) WHERE mood <> 'sad';
CREATE TABLE {name}.parted (a int NOT NULL, b text) PARTITION BY LIST (a);
CREATE TABLE {name}.part PARTITION OF {name}.parted FOR VALUES IN (1);
CREATE FUNCTION {name}.count_all() RETURNS bigint LANGUAGE sql SET search_path = {name}, public AS
    $body$SELECT count(*) FROM {name}.people -- a comment with a quote ' in it
    $body$;
CREATE VIEW {name}.happy AS SELECT id, 'app.people' AS label FROM {name}.people WHERE mood = 'ok'::{name}.mood;
CREATE FUNCTION {name}.touch() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN new; END$$;
CREATE TRIGGER touched BEFORE UPDATE ON {name}.people FOR EACH ROW EXECUTE FUNCTION {name}.touch();
COMMENT ON TABLE {name}.people IS 'of app';
CREATE FUNCTION {name}.equal({name}.mood, {name}.mood) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT true';
CREATE OPERATOR {name}.=== (leftarg = {name}.mood, rightarg = {name}.mood, function = {name}.equal);
CREATE OPERATOR FAMILY {name}.moods USING hash;
CREATE OPERATOR CLASS {name}.by_mood FOR TYPE {name}.mood USING hash FAMILY {name}.moods AS OPERATOR 1 {name}.===;
CREATE TEXT SEARCH DICTIONARY {name}.words (template = simple);
CREATE TEXT SEARCH CONFIGURATION {name}.search (parser = default);
ALTER TEXT SEARCH CONFIGURATION {name}.search ADD MAPPING FOR word WITH {name}.words;
CREATE COLLATION {name}.plain (locale = 'C');
CREATE TABLE {name}.spelt (a text COLLATE {name}.plain);
CREATE STATISTICS {name}.both ON id, boss FROM {name}.people;
CREATE TABLE {name}.child () INHERITS ({name}.spelt);
GRANT SELECT ON {name}.people TO PUBLIC;
ALTER DEFAULT PRIVILEGES IN SCHEMA {name} GRANT SELECT ON TABLES TO PUBLIC;
"""
NAMES = ("app", "application", "Mixed Case", "select", "many", "{tenant}", *HOSTILE_NAMES)
STRANGE = """
CREATE TABLE public.shared (id int PRIMARY KEY);
CREATE FUNCTION public.helper(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1';
CREATE SCHEMA swapped; CREATE TABLE swapped.t (a int, b int);
CREATE SCHEMA straight; CREATE TABLE straight.t (b int, a int);
CREATE SCHEMA refers;
CREATE TABLE refers.t (id int REFERENCES public.shared, other int, CHECK (public.helper(id) > 0));
CREATE VIEW refers.v AS SELECT p.id, p.mood FROM app.people p JOIN "Mixed Case".people q ON q.id = p.id;
CREATE SCHEMA empty;
"""


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


SCRIPT = "".join(TENANT.replace("{name}", quoted(name)) for name in NAMES) + STRANGE
ALL = (*NAMES, "public", "swapped", "straight", "refers", "empty", "not there")
PROFILES = (
    Profile(),
    Profile(owners=True, privileges=True, comments=True),
    Profile(literals=True, roles=("{tenant}",)),
)
TRUSTING = ReadRequest(
    limits=Limits(allow_unsafe_role=True, lock_timeout=0.5, tenant_timeout=120, statement_timeout=60)
)


class Fleet:
    """The namespaces of one database as tenants."""

    def __init__(self, databases, database: str) -> None:
        server = databases.server
        self.host = Host(name="one", address=str(server.socket_dir), port=server.port)
        self.database = database
        self.dsn = server.dsn(database)
        self.earlier: dict[str, Sighting] = {}

    def target(self, name: str) -> Target:
        return Target(tenant=name, host="one", database=self.database, namespace=name)

    async def read(self, names, wanted: ReadRequest = TRUSTING):
        self.asked = {name: self.earlier.get(name, Sighting()) for name in names}
        return await observe_namespaces(self.host, [self.target(name) for name in names], wanted, self.asked)

    def remember(self, results) -> ReadRequest:
        for name, result in results.items():
            self.earlier[name] = result.sighting or self.earlier[name]
        return msgspec.structs.replace(TRUSTING, known=frozenset(result.fingerprint for result in results.values()))

    async def moved_by(self, sql: str, names) -> set[str]:
        """Give the namespaces that are read in full again after some SQL."""
        before = {name: self.earlier[name].token for name in names}
        connection = await connect_url(self.dsn)
        await connection.execute(sql)
        await connection.close()
        wanted = msgspec.structs.replace(TRUSTING, known=frozenset(seen.fingerprint for seen in self.earlier.values()))
        results = await self.read(names, wanted)
        self.remember(results)
        return {name for name in names if self.earlier[name].token != before[name]}


@pytest.fixture
def fleet(databases):
    """Use a fleet of namespaces that a script makes."""

    def use(script, act):
        async def acting(connection):
            name = await connection.fetchval("SELECT current_database()")
            return await act(Fleet(databases, name), connection)

        return databases.use(script, acting)

    return use


@pytest.mark.parametrize("profile", PROFILES, ids=["structure", "facets", "own names"])
def test_read_together_each_is_what_it_is_alone(fleet, profile):
    async def act(fleet, connection):
        wanted = msgspec.structs.replace(TRUSTING, profile=profile)
        seen = await fleet.read(ALL, wanted)
        for name in ALL:
            alone = await read_snapshot(
                connection, own=own_names(fleet.target(name), profile), profile=profile, limits=wanted.limits
            )
            result = seen[name]
            assert isinstance(result, Observation), (name, result)
            assert result.fingerprint == alone.fingerprint, name
            assert result.snapshot is None or result.snapshot == alone, name
            single = await observe(fleet.host, fleet.target(name), wanted)
            assert (single.fingerprint, single.rows_scanned) == (result.fingerprint, result.rows_scanned), name
            assert single.snapshot == alone
        return seen

    seen = fleet(SCRIPT, act)
    if not profile.literals:  # the label of the view speaks of one of them
        assert len({seen[name].fingerprint for name in NAMES}) == 1
        assert len([name for name in NAMES if seen[name].snapshot is not None]) == 1  # a shape is given once
    assert seen["swapped"].fingerprint != seen["straight"].fingerprint


def test_a_change_in_a_namespace_touches_it_and_what_takes_names_from_it(fleet):
    changes = {
        "ALTER TABLE app.people ADD extra int": {"app", "refers"},
        "CREATE TABLE application.late (a text)": {"application"},
        "DROP SCHEMA empty": {"empty"},
        "CREATE SCHEMA unasked; CREATE TABLE unasked.t ()": set(),
        "COMMENT ON COLUMN application.people.id IS 'x'": {"application"},
        "ALTER TABLE public.shared RENAME TO renamed": {"public", "refers"},
        "ALTER FUNCTION public.helper(int) RENAME TO helped": {"public", "refers"},
        "CREATE TEMPORARY TABLE passing (a int)": set(),
        'INSERT INTO "Mixed Case".people DEFAULT VALUES': set(),
        "ALTER TABLE swapped.t SET (toast.autovacuum_enabled = off)": {"swapped"},
        "CREATE CAST (app.mood AS int) WITH INOUT": set(ALL),  # it belongs to no namespace
    }

    async def act(fleet, _):
        fleet.remember(await fleet.read(ALL))
        return {sql: await fleet.moved_by(sql, ALL) for sql in changes}

    assert fleet(SCRIPT, act) == changes


def test_an_unchanged_namespace_is_told_by_its_token(fleet, monkeypatch):
    async def act(fleet, _):
        wanted = fleet.remember(await fleet.read(ALL))
        told = msgspec.structs.replace(fleet.earlier["app"], fingerprint="as remembered", rows=7)
        fleet.earlier["app"] = told
        monkeypatch.setattr(read_namespaces, "read_lines_of_many", None)  # nothing is read in full
        known = frozenset((*wanted.known, "as remembered"))
        return await fleet.read(ALL, msgspec.structs.replace(wanted, known=known))

    again = fleet(SCRIPT, act)
    assert (again["app"].fingerprint, again["app"].rows_scanned) == ("as remembered", 7)
    assert all(result.sighting is None and result.snapshot is None for result in again.values())


def test_a_namespace_behind_a_lock_is_busy_alone(fleet):
    async def act(fleet, connection):
        other = await connect_url(fleet.dsn)
        async with connection.transaction():
            await connection.execute("LOCK TABLE app.people IN ACCESS EXCLUSIVE MODE")
            locked = await fleet.read(ALL)
        await other.close()
        return locked, await fleet.read(("app",))

    locked, free = fleet(SCRIPT.replace("FROM app.people p JOIN", 'FROM "Mixed Case".people p JOIN'), act)
    failed = {name: result for name, result in locked.items() if isinstance(result, Failure)}
    assert {name: failure.kind for name, failure in failed.items()} == {"app": FailureKind.BUSY}, failed
    assert isinstance(free["app"], Observation)


def test_what_fails_while_a_group_is_read_is_found_by_halves(fleet, monkeypatch):
    """A namespace whose reading ends the connection, of which nobody could know before."""
    truly = read_lines_of_many

    async def act(fleet, connection):
        async def ended(moment, wanted, *rest, **more):
            if "application" in wanted:
                await connection.execute(f"SELECT pg_terminate_backend({moment.connection.get_server_pid()})")
            return await truly(moment, wanted, *rest, **more)

        monkeypatch.setattr(read_namespaces, "read_lines_of_many", ended)
        return await fleet.read(ALL)

    seen = fleet(SCRIPT, act)
    assert [name for name, result in seen.items() if isinstance(result, Failure)] == ["application"]


def test_a_namespace_that_is_dropped_while_the_others_are_read_is_gone_and_the_others_are_read(fleet, monkeypatch):
    truly = read_lines_of_many
    left = ["DROP SCHEMA application CASCADE"]

    async def act(fleet, connection):
        async def dropping(*arguments, **options):
            if left:
                await connection.execute(left.pop())
            return await truly(*arguments, **options)

        monkeypatch.setattr(read_namespaces, "read_lines_of_many", dropping)
        return await fleet.read(ALL)

    seen = fleet(SCRIPT, act)
    assert all(isinstance(result, Observation) for result in seen.values()), seen
    assert seen["application"].fingerprint == seen["not there"].fingerprint
    assert seen["app"].fingerprint == seen["many"].fingerprint


def test_connections_are_recycled(fleet, monkeypatch):
    monkeypatch.setattr(read_namespaces, "MAX_NAMESPACES_PER_CONNECTION", 7)
    opened = []
    truly = connect_tenant

    async def counted(*arguments, **options):
        opened.append(1)
        return await truly(*arguments, **options)

    monkeypatch.setattr(together, "connect_tenant", counted)

    async def act(fleet, _):
        return await fleet.read(ALL)

    seen = fleet(SCRIPT, act)
    assert list(seen).sort() == list(ALL).sort()
    assert len(opened) == -(-len(ALL) // 7)
    assert len({seen[name].fingerprint for name in NAMES}) == 1


def test_nobody_can_connect_is_said_of_all_and_tried_once(fleet):
    async def act(fleet, connection):
        fleet.database = "no such database"
        return await fleet.read(ALL)

    seen = fleet("", act)
    assert {result.kind for result in seen.values()} == {FailureKind.NO_DATABASE}


PROGRESS = (("a", "false"), ("b", "true"))


def test_a_half_applied_migration_is_looked_at_again_alone(fleet, monkeypatch):
    monkeypatch.setattr(together, "LOOK_AGAIN_AFTER_SECONDS", 0.3)
    table = "_sqlx_migrations AS SELECT 3::int8 AS version"
    made = (f"CREATE SCHEMA {name}; CREATE TABLE {name}.{table}, {done} AS success;" for name, done in PROGRESS)
    script = "".join(made)

    async def act(fleet, connection):
        async def finish():
            await asyncio.sleep(0.1)
            await connection.execute("UPDATE a._sqlx_migrations SET success = true")
            await connection.execute("ALTER TABLE a._sqlx_migrations ADD late int")

        task = asyncio.create_task(finish())
        seen = await fleet.read(("a", "b"))
        await task
        return seen

    seen = fleet(script, act)
    assert seen["a"].versions == seen["b"].versions == (SchemaVersion("sqlx", "3"),)
    for name in "ab":  # the shape that one brought is the other's still
        assert seen[name].snapshot.fingerprint == seen[name].fingerprint
    assert seen["a"].fingerprint != seen["b"].fingerprint


def test_what_vanishes_while_it_is_deparsed_is_read_again(fleet, monkeypatch):
    """The deparse of an index that was dropped meanwhile is NULL, which is no failure of its tenant."""
    left = ["DROP INDEX app.by_mood; CREATE INDEX by_mood ON app.people (mood) WHERE mood <> 'sad'"]

    async def act(fleet, connection):
        async def rebuilding(*arguments, **options):
            if left:
                await connection.execute(left.pop())
            return await read_lines_of_many(*arguments, **options)

        monkeypatch.setattr(read_namespaces, "read_lines_of_many", rebuilding)
        return await fleet.read(("app", "application"))

    seen = fleet(SCRIPT, act)
    assert seen["app"].fingerprint == seen["application"].fingerprint
    assert [result.snapshot is not None for result in seen.values()].count(True) == 1
