"""A broken query is offered as it would work in the tenant, where that is certain, and PostgreSQL takes it."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest

DECLARED = """CREATE TABLE ticket (id bigint PRIMARY KEY, subject text NOT NULL, seat int, opened timestamptz);
CREATE TABLE note (id bigint PRIMARY KEY, ticket_id bigint NOT NULL, "Body" text, subject text);
"""
RENAMED = "ALTER TABLE ticket RENAME subject TO title"


def rust(sql: str) -> str:
    return f'async fn f(db: &PgPool) {{ sqlx::query!(r#"{sql}"#).fetch_all(db).await; }}'


REORDERED = """DROP TABLE note; CREATE TABLE note (id bigint PRIMARY KEY, ticket_id bigint NOT NULL, subject text,
"Body" text)"""
REPAIRS = [
    ("SELECT subject FROM ticket", RENAMED, "SELECT title AS subject FROM ticket"),
    ("SELECT t.subject FROM ticket AS t", RENAMED, "SELECT t.title AS subject FROM ticket AS t"),
    ("SELECT id FROM ticket WHERE subject <> ''", RENAMED, "SELECT id FROM ticket WHERE title <> ''"),
    ("UPDATE ticket SET subject = 'x' WHERE id = 1", RENAMED, "UPDATE ticket SET title = 'x' WHERE id = 1"),
    ("INSERT INTO ticket (id, subject) VALUES (1, 'x')", RENAMED, "INSERT INTO ticket (id, title) VALUES (1, 'x')"),
    (
        "SELECT n.subject, t.subject AS s FROM note AS n JOIN ticket AS t ON t.id = n.ticket_id",
        RENAMED,
        "SELECT n.subject, t.title AS s FROM note AS n JOIN ticket AS t ON t.id = n.ticket_id",
    ),
    (
        "INSERT INTO ticket (id, subject) VALUES ($1, 'x')",
        "ALTER TABLE ticket ADD region text NOT NULL",
        "INSERT INTO ticket (id, subject, region) VALUES ($1, 'x', $2)",
    ),
    ("SELECT * FROM note WHERE id = 1", REORDERED, 'SELECT id, ticket_id, "Body", subject FROM note WHERE id = 1'),
    ('SELECT "Body" FROM note', 'ALTER TABLE note RENAME "Body" TO "Text"', 'SELECT "Text" AS "Body" FROM note'),
]


@pytest.mark.parametrize(("sql", "drift", "fix"), REPAIRS)
def test_a_repaired_query_is_one_that_the_tenant_takes(meet, contract_server, sql, drift, fix):
    observed = f"{DECLARED};\n" + drift.replace("; ", ";\n")
    verdicts = meet(rust(sql), declared=DECLARED, observed=observed)
    assert {verdict.fix for verdict in verdicts if verdict.fix} == {fix}

    async def prepared():
        connection = await asyncpg.connect(contract_server.dsn())
        try:
            async with connection.transaction():
                await connection.execute(f"CREATE SCHEMA repaired; SET LOCAL search_path = repaired; {DECLARED}{drift}")
                await connection.prepare(fix)
                await connection.execute("DROP SCHEMA repaired CASCADE")
        finally:
            await connection.close()

    asyncio.run(prepared())


@pytest.mark.parametrize(
    ("sql", "drift"),
    [
        ("SELECT subject FROM ticket", "ALTER TABLE ticket DROP subject"),
        ("SELECT opened FROM ticket", "ALTER TABLE ticket DROP opened, ADD closed timestamptz"),
        ("SELECT subject FROM ticket", "ALTER TABLE ticket DROP subject, ADD title text NOT NULL"),
        ("INSERT INTO ticket SELECT 1, 'x'", "ALTER TABLE ticket ALTER opened SET NOT NULL"),
        ("SELECT subject FROM note JOIN ticket USING (id)", RENAMED),
    ],
)
def test_what_is_not_certain_is_not_offered(meet, sql, drift):
    verdicts = meet(rust(sql), declared=DECLARED, observed=f"{DECLARED};\n{drift}")
    assert {verdict.fix for verdict in verdicts} <= {""}
