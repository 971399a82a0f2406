"""Without PostgreSQL the same rules judge from what was read, and claim nothing that PostgreSQL does not."""

from __future__ import annotations

import asyncio

import pytest

from shared.analysis.judging import judge_services, judge_statically
from shared.contracts.contract import Confidence
from shared.contracts.extract import extract_contract
from shared.postgres.scratch.server import ScratchServer
from shared.schema.profile import Profile

DECLARED = """
CREATE TYPE mood AS ENUM ('good', 'bad');
CREATE TABLE agent (id bigint PRIMARY KEY, login text NOT NULL UNIQUE, seat int, mood mood);
CREATE TABLE note (id bigint PRIMARY KEY, agent_id bigint NOT NULL REFERENCES agent, body text);
CREATE VIEW signed AS SELECT n.id, a.login FROM note n JOIN agent a ON a.id = n.agent_id;
CREATE FUNCTION shout(t text) RETURNS text LANGUAGE sql RETURN upper(t);
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


def counts(verdict):
    return verdict.status.counts and not verdict.declared_too
