"""What a difference does not concern is answered as before: no verdict is lost by not asking again."""

from __future__ import annotations

import asyncio

import pytest

from shared.contracts.extract import extract_contract
from shared.contracts.footprint import concern_of
from shared.contracts.judge import judge_contract, with_own_verdicts
from shared.postgres.scratch.contract_check import describe_contract
from shared.postgres.scratch.server import ScratchServer
from shared.schema.profile import Profile
from tests.contract_checking import check_contract

DECLARED = [
    "CREATE TYPE status AS ENUM ('new', 'done')",
    "CREATE DOMAIN amount AS int CHECK (VALUE > 0)",
    "CREATE TABLE users (id bigint PRIMARY KEY, name text NOT NULL, past status[])",
    "CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint NOT NULL REFERENCES users, state status, total amount)",
    "CREATE TABLE notes (id bigint PRIMARY KEY, body text, owner text NOT NULL DEFAULT 'me')",
    "CREATE TABLE days (day date NOT NULL, n int) PARTITION BY RANGE (day)",
    "CREATE TABLE days_2024 PARTITION OF days FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')",
    "CREATE FUNCTION named(n bigint) RETURNS text LANGUAGE sql STABLE AS 'SELECT name FROM users WHERE id = n'",
    "CREATE FUNCTION twice(n int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 2 * n'",
    "CREATE VIEW open_orders AS SELECT o.id, u.name FROM orders o JOIN users u ON u.id = o.user_id WHERE state = 'new'",
    "CREATE VIEW opener AS SELECT name FROM open_orders",
    'CREATE TABLE "Order Items" (id int PRIMARY KEY, "Unit Price" int NOT NULL)',
    "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    "CREATE TRIGGER touched AFTER UPDATE ON notes FOR EACH ROW EXECUTE FUNCTION touch()",
]
RUST = b"""
async fn f(db: &PgPool) {
    sqlx::query!("SELECT id, name FROM users WHERE id = $1", 1).fetch_one(db).await;
    sqlx::query!("SELECT past FROM users").fetch_all(db).await;
    sqlx::query!("SELECT * FROM orders").fetch_all(db).await;
    sqlx::query!("SELECT name FROM opener").fetch_all(db).await;
    sqlx::query!("INSERT INTO notes (id, body) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING", 1, "b").execute(db).await;
    sqlx::query!("SELECT named(7)").fetch_one(db).await;
    sqlx::query!("SELECT twice(n) FROM days WHERE day = $1", d).fetch_one(db).await;
    sqlx::query!("SELECT 1 AS one WHERE 'done'::status = 'new'").fetch_optional(db).await;
    sqlx::query!(r#"SELECT "Unit Price" FROM "Order Items""#).fetch_all(db).await;
    sqlx::query!("INSERT INTO orders (id, user_id, state, total) VALUES (1, 1, 'new', 3)").execute(db).await;
    sqlx::query!("SELECT n FROM days_2024").fetch_all(db).await;
    sqlx::query("TRUNCATE notes").execute(db).await;
    sqlx::query("SELECT broken FROM users").execute(db).await;
}
"""
OPERATOR_WITHOUT_A_NAME_TO_SAY = """
CREATE FUNCTION eq(status, text) RETURNS text LANGUAGE sql RETURN 'neither';
CREATE OPERATOR = (LEFTARG = status, RIGHTARG = text, FUNCTION = eq);
"""
DRIFTS = [
    "ALTER TABLE users DROP COLUMN name CASCADE",
    "ALTER TABLE users ALTER name DROP NOT NULL",
    "ALTER TABLE users RENAME TO people",
    "ALTER TABLE notes ALTER id TYPE int",
    "ALTER TABLE users ADD broken int",
    "ALTER TABLE orders ADD region text NOT NULL",
    "ALTER TABLE orders ADD CHECK (total < 3)",
    "ALTER TABLE notes DROP CONSTRAINT notes_pkey",
    "ALTER TABLE notes RENAME body TO text",
    "ALTER TYPE status RENAME VALUE 'done' TO 'gone'",
    "ALTER TYPE status RENAME TO state",
    "ALTER DOMAIN amount DROP CONSTRAINT amount_check",
    "ALTER TABLE days RENAME n TO m",
    "ALTER TABLE days DETACH PARTITION days_2024; ALTER TABLE days_2024 RENAME n TO m",
    "DROP FUNCTION twice",
    "SET check_function_bodies = off; CREATE OR REPLACE FUNCTION named(n bigint) RETURNS text LANGUAGE sql AS 'gone'",
    "CREATE OR REPLACE VIEW open_orders AS SELECT o.id, NULL::text AS name FROM orders o",
    "DROP VIEW opener",
    'ALTER TABLE "Order Items" RENAME "Unit Price" TO price',
    "DROP TRIGGER touched ON notes; DROP FUNCTION touch",
    "CREATE FUNCTION twice(n bigint) RETURNS text LANGUAGE sql AS 'SELECT ''t'''; DROP FUNCTION twice(int)",
    "CREATE TABLE more (id int)",
    "ALTER TABLE orders ADD note bigint REFERENCES notes",
    "ALTER TABLE orders ENABLE ROW LEVEL SECURITY",
    "CREATE VIEW v AS SELECT 1; CREATE RULE r AS ON INSERT TO notes DO INSTEAD NOTHING",
    OPERATOR_WITHOUT_A_NAME_TO_SAY,
]


@pytest.fixture(scope="module")
def scratch(contract_server):
    return ScratchServer(contract_server.dsn())


@pytest.mark.parametrize("drift", DRIFTS)
def test_no_verdict_is_lost_by_asking_only_what_is_concerned(scratch, drift):
    async def check():
        contract = extract_contract("shop", [("src/lib.rs", RUST)])
        async with scratch.database() as copy:
            await copy.run(DECLARED)
            declared = await copy.read(Profile())
            baseline = with_own_verdicts(contract, await describe_contract(copy, contract, declared))
            await copy.run([drift])
            observed = await copy.read(Profile())
            in_full = await describe_contract(copy, contract, observed, baseline=baseline)
            some = await check_contract(copy, contract, observed, baseline=baseline)
            return judge_contract(contract, in_full, baseline), some

    in_full, some = asyncio.run(check())
    assert some == in_full


@pytest.mark.parametrize(
    ("drift", "named"),
    [
        ("ALTER TABLE notes ADD extra int", ["INSERT INTO notes", "TRUNCATE notes"]),
        ("CREATE TABLE more (id int)", []),
        ("CREATE INDEX ON days_2024 (n)", ["SELECT twice(n) FROM days", "SELECT n FROM days_2024"]),
        ("CREATE OR REPLACE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END'", []),
        ("COMMENT ON TABLE users IS 'who'", []),
        ("CREATE STATISTICS s ON id, name FROM users", []),
    ],
)
def test_only_queries_that_name_what_changed_are_asked_again(scratch, drift, named):
    async def check():
        contract = extract_contract("shop", [("src/lib.rs", RUST)])
        async with scratch.database() as copy:
            await copy.run(DECLARED)
            declared = await copy.read(Profile(comments=True))
            await copy.run([drift])
            concern = concern_of(declared, await copy.read(Profile(comments=True)), with_rights=False)
        return [query.sql for query in contract.queries if concern.touches(query.sql)]

    found = asyncio.run(check())
    assert [any(sql.startswith(each) for sql in found) for each in named] == [True] * len(named)
    assert len(found) == len(named)
