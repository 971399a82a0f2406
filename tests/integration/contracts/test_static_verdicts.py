"""Without PostgreSQL the same rules judge from what was read, and claim nothing that PostgreSQL does not."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import msgspec
import pytest

from shared.analysis.judging import judge_services, judge_statically
from shared.contracts.contract import Confidence
from shared.contracts.extract import extract_contract
from shared.postgres.scratch.errors import ScratchError
from shared.postgres.scratch.server import ScratchServer
from shared.schema.profile import Profile

DECLARED = """
CREATE TYPE mood AS ENUM ('good', 'bad');
CREATE TABLE agent (id bigint PRIMARY KEY, login text NOT NULL UNIQUE, seat int, mood mood);
CREATE TABLE note (id bigint PRIMARY KEY, agent_id bigint NOT NULL REFERENCES agent, body text);
CREATE VIEW signed AS SELECT n.id, a.login FROM note n JOIN agent a ON a.id = n.agent_id;
CREATE FUNCTION shout(t text) RETURNS text LANGUAGE sql RETURN upper(t);
CREATE TABLE part (
    id bigint PRIMARY KEY, price bigint NOT NULL, weight real NOT NULL DEFAULT 0, state text NOT NULL DEFAULT 'new',
    fit boolean NOT NULL DEFAULT true, size text
);
CREATE TABLE bin (id bigint PRIMARY KEY, part_id bigint NOT NULL);
CREATE VIEW fit_part AS SELECT id, price AS cost, coalesce(size, '') AS size FROM part WHERE fit;
CREATE FUNCTION binned(part bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT count(*) FROM bin b WHERE b.part_id = part $$;
CREATE FUNCTION cheap(most bigint) RETURNS boolean LANGUAGE sql STABLE AS $$ SELECT most < 10 $$;
"""
RUST = b"""
#[derive(sqlx::FromRow)]
struct Agent { id: i64, login: String, seat: Option<i32> }

async fn f(db: &PgPool, id: i64, login: &str) {
    sqlx::query_as::<_, Agent>("SELECT * FROM agent").fetch_all(db).await;
    sqlx::query!("SELECT a.login, n.body FROM agent a LEFT JOIN note n ON n.agent_id = a.id WHERE a.id = $1", id)
        .fetch_all(db).await;
    sqlx::query("INSERT INTO agent (id, login) VALUES ($1, $2) ON CONFLICT (login) DO NOTHING").bind(id).bind(login)
        .execute(db).await;
    sqlx::query("UPDATE agent SET seat = 1 WHERE id = $1").bind(id).execute(db).await;
    sqlx::query("WITH gone AS (DELETE FROM note WHERE id = $1 RETURNING body) SELECT body FROM gone").bind(id)
        .fetch_all(db).await;
    sqlx::query("SELECT login FROM signed ORDER BY login").fetch_all(db).await;
    sqlx::query("SELECT shout(login) AS loud FROM agent ORDER BY loud").fetch_all(db).await;
    sqlx::query("SELECT count(*) FROM agent WHERE mood = 'good'::mood").fetch_one(db).await;
    sqlx::query("SELECT login FROM agent WHERE mood IN ('bad')").fetch_all(db).await;
    sqlx::query!(r#"SELECT id AS "id!", cost AS "cost!" FROM fit_part"#).fetch_all(db).await;
    sqlx::query!("SELECT binned($1)", id).fetch_one(db).await;
    sqlx::query!("UPDATE part SET price = binned(id) WHERE id = $1 AND cheap(price)", id).execute(db).await;
    sqlx::query!("UPDATE part SET state = 'used' WHERE id = $1", id).execute(db).await;
    sqlx::query!("SELECT sum(price)::bigint AS total FROM part WHERE fit AND size LIKE 'x%'").fetch_one(db).await;
    sqlx::query("WITH p AS (SELECT id, weight FROM part) SELECT p.weight * 2 FROM p JOIN bin b ON b.part_id = p.id")
        .fetch_all(db).await;
    sqlx::query("INSERT INTO bin (id, part_id) SELECT p.id, p.price FROM part p WHERE NOT p.fit")
        .execute(db).await;
    sqlx::query("TRUNCATE bin").execute(db).await;
}
"""
DRIFTS = {
    "a table is gone": "DROP TABLE note CASCADE",
    "a column is gone": "ALTER TABLE agent DROP seat",
    "a column of a join has another name": "ALTER TABLE note RENAME body TO text",
    "a view is gone": "DROP VIEW signed",
    "a function is gone": "DROP FUNCTION shout",
    "a type has another name": "ALTER TYPE mood RENAME TO humour",
    "a key is gone": "ALTER TABLE agent DROP CONSTRAINT agent_login_key",
    "a column must be filled": "ALTER TABLE agent ADD region text NOT NULL",
    "a column has another type": "ALTER TABLE agent ALTER seat TYPE text",
    "an argument has another type": "DROP VIEW signed; DROP TABLE note; ALTER TABLE agent ALTER id TYPE text",
    "a column can be NULL": "ALTER TABLE agent ALTER login DROP NOT NULL",
    "two columns have one name": "ALTER TABLE note ADD login text",
    "a label has another name": "ALTER TYPE mood RENAME VALUE 'bad' TO 'worse'",
    "NULLs come through a view": "ALTER TABLE part ALTER price DROP NOT NULL",
    "a table of a function's body is gone": "DROP TABLE bin",
    "a function takes one more": "DROP FUNCTION cheap; CREATE FUNCTION cheap(a bigint, b int) RETURNS boolean"
    " LANGUAGE sql RETURN true",
    "a function gives another type": "DROP FUNCTION binned; CREATE FUNCTION binned(part bigint) RETURNS text"
    " LANGUAGE sql AS $$ SELECT 'x'::text $$",
    "constants violate a CHECK": "ALTER TABLE part ADD CHECK (state IN ('new', 'broken'))",
    "constants pass a CHECK": "ALTER TABLE part ADD CHECK (length(state) < 20 AND (state <> 'old' OR price > 3))",
    "PostgreSQL makes a column": "DROP VIEW fit_part; ALTER TABLE part DROP price;"
    " ALTER TABLE part ADD price bigint NOT NULL GENERATED ALWAYS AS (1) STORED;"
    " CREATE VIEW fit_part AS SELECT id, price AS cost, coalesce(size, '') AS size FROM part WHERE fit",
    "a condition is no longer one": "DROP VIEW fit_part; ALTER TABLE part ALTER fit DROP DEFAULT,"
    " ALTER fit TYPE int USING 1; CREATE VIEW fit_part AS SELECT id, price AS cost, size FROM part",
    "a text is no longer one": "DROP VIEW fit_part; ALTER TABLE part ALTER size TYPE bytea USING NULL;"
    " CREATE VIEW fit_part AS SELECT id, price AS cost, ''::text AS size FROM part",
    "a column of WITH is a text": "ALTER TABLE part ALTER weight DROP DEFAULT, ALTER weight TYPE text USING ''",
    "a table is a view": "ALTER TABLE bin RENAME TO crate; CREATE VIEW bin AS SELECT * FROM crate",
    "a view has one column less": "DROP VIEW fit_part; CREATE VIEW fit_part AS SELECT id FROM part",
    "a view is made anew as it was": "DROP VIEW signed; CREATE VIEW signed AS"
    " SELECT n.id, a.login FROM note n JOIN agent a ON a.id = n.agent_id",
    "nothing that a query names": "CREATE TABLE other (id int)",
    "a column more": "ALTER TABLE agent ADD extra int",
}


@pytest.mark.parametrize("drift", DRIFTS.values(), ids=DRIFTS)
def test_static_verdicts_name_the_queries_that_postgresql_names(contract_server, drift):
    async def check():
        scratch = ScratchServer(contract_server.dsn())
        contract = extract_contract("shop", [("src/lib.rs", RUST)])
        snapshots = []
        for ddl in (DECLARED, DECLARED + drift):
            async with scratch.database() as copy:
                await copy.run([ddl])
                snapshots.append(await copy.read(Profile()))
        declared, observed = snapshots
        exact = await judge_services(scratch, [contract], declared, observed)
        return exact, judge_statically([contract], declared, observed)

    exact, static = asyncio.run(check())
    assert {verdict.line for verdict in static if counts(verdict)} == {
        verdict.line for verdict in exact if counts(verdict)
    }
    assert {verdict.confidence for verdict in static} <= {Confidence.STATIC}
    assert {verdict.confidence for verdict in exact} <= {Confidence.EXACT}


RIGHTS = f"""
CREATE SCHEMA vault;
CREATE TABLE vault.key (id int PRIMARY KEY, secret text);
{DECLARED}
"""
ROLE = "clerk_of_static_verdicts"
GRANTED = f"GRANT USAGE ON SCHEMA vault, public TO {ROLE}; GRANT ALL ON ALL TABLES IN SCHEMA vault, public TO {ROLE};"
CLERK = b"""
async fn f(db: &PgPool, id: i64) {
    sqlx::query!("SELECT count(*) FROM part WHERE price > $1", id).fetch_one(db).await;
    sqlx::query!("UPDATE part SET state = 'sold' WHERE id = $1", id).execute(db).await;
    sqlx::query!("DELETE FROM bin").execute(db).await;
    sqlx::query!("INSERT INTO bin (id, part_id) VALUES ($1, $1)", id).execute(db).await;
    sqlx::query!("INSERT INTO bin (id, part_id) VALUES ($1, 1) ON CONFLICT (id) DO NOTHING", id).execute(db).await;
    sqlx::query!("SELECT cost FROM fit_part").fetch_all(db).await;
    sqlx::query!("SELECT secret FROM vault.key").fetch_all(db).await;
    sqlx::query!("SELECT binned($1)", id).fetch_one(db).await;
    sqlx::query!("SELECT id FROM part FOR UPDATE").fetch_all(db).await;
    sqlx::query!("TRUNCATE bin").execute(db).await;
}
"""
SEEN_ONLY_WHEN_IT_RUNS = {f"REVOKE SELECT ON bin FROM {ROLE}": {(10, "42501")}}
"""PostgreSQL asks for the rights that the body of `binned` takes when it runs, and nothing is run."""


@pytest.mark.parametrize(
    "drift",
    [
        f"REVOKE SELECT ON part FROM {ROLE}", f"REVOKE UPDATE ON part FROM {ROLE}", f"REVOKE DELETE ON bin FROM {ROLE}",
        f"REVOKE INSERT ON bin FROM {ROLE}", f"REVOKE SELECT ON bin FROM {ROLE}",
        f"REVOKE SELECT ON fit_part FROM {ROLE}",
        f"REVOKE USAGE ON SCHEMA vault FROM {ROLE}", "REVOKE EXECUTE ON FUNCTION binned FROM PUBLIC",
        f"REVOKE SELECT ON part FROM {ROLE}; GRANT SELECT (id, price) ON part TO {ROLE}",
        f"REVOKE TRUNCATE ON bin FROM {ROLE}", f"REVOKE REFERENCES ON bin FROM {ROLE}",
    ],
)  # fmt: skip
def test_static_verdicts_know_the_privileges_of_the_services_role(contract_server, drift):
    async def check():
        scratch = ScratchServer(contract_server.dsn())
        contract = msgspec.structs.replace(extract_contract("shop", [("src/lib.rs", CLERK)]), role=ROLE)
        snapshots = []
        for ddl in (RIGHTS + GRANTED, RIGHTS + GRANTED + drift):
            async with scratch.database() as copy:
                with suppress(ScratchError):  # there from the test before
                    await copy.run([f"CREATE ROLE {ROLE}"])
                await copy.run([ddl])
                snapshots.append(await copy.read(Profile(owners=True, privileges=True)))
        declared, observed = snapshots
        exact = await judge_services(scratch, [contract], declared, observed)
        return exact, judge_statically([contract], declared, observed)

    exact, static = asyncio.run(check())
    assert {(verdict.line, verdict.sqlstate) for verdict in static if counts(verdict)} == {
        (verdict.line, verdict.sqlstate) for verdict in exact if counts(verdict)
    } | SEEN_ONLY_WHEN_IT_RUNS.get(drift, set())


def counts(verdict):
    return verdict.status.counts and not verdict.declared_too
