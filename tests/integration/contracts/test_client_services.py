"""What breaks a service that speaks tokio-postgres; each drift has a twin that nothing happened to."""

from __future__ import annotations

import pytest

from tests.integration.contracts.drifts import news, service

DESK = """
CREATE TYPE state AS ENUM ('open', 'on_hold');
CREATE TYPE price AS (currency text, cents bigint);
CREATE TABLE ticket (
    id bigint PRIMARY KEY, subject text NOT NULL, state state NOT NULL DEFAULT 'open', seat int, cost price
)
"""
TYPES = """
#[derive(Debug, ToSql, FromSql)] #[postgres(name = "state", rename_all = "snake_case")]
pub enum State { Open, OnHold }
#[derive(Debug, ToSql, FromSql)] #[postgres(name = "price")]
pub struct Price { pub currency: String, pub cents: i64 }
"""
RENAMED = "ALTER TABLE ticket RENAME subject TO title"
VIOLATED, AT_RISK = "violated", "at_risk"
IN_LIB = "src/lib.rs"


def in_function(body: str, parameters: str = "") -> dict[str, str]:
    lib = f"use tokio_postgres::{{Client, Error}};\n{TYPES}\nasync fn f(client: &Client{parameters}) {{ {body} }}\n"
    return {"lib": lib}


@pytest.mark.parametrize(
    "body",
    [
        'for row in client.query("SELECT * FROM ticket", &[]).await? { let s: String = row.get("subject"); }',
        'let row = client.query_one("SELECT * FROM ticket", &[]).await?; row.try_get::<_, &str>("subject")?;',
        'let rows = client.query("TABLE ticket", &[]).await?; for r in &rows { let s: &str = r.get("subject"); }',
        'client.query("SELECT * FROM ticket", &[]).await?.iter().map(|r| r.get::<_, String>("subject")).collect()',
        'let rows = client.query("SELECT * FROM ticket", &[]).await?; rows.iter().map(|r: &Row| r.get("subject"))',
        'if let Some(row) = client.query_opt("SELECT * FROM ticket", &[]).await? { row.get::<_, String>("subject"); }',
        'match client.query_opt("SELECT * FROM ticket", &[]).await? { Some(row) => row.get("subject"), None => 1 }',
        'let s: String = client.query_one("SELECT * FROM ticket", &[]).await?.get("subject");',
        'let s = client.prepare("TABLE ticket").await?; let r = client.query_one(&s, &[]).await?; r.get("subject")',
        'let rows = client.query("SELECT * FROM ticket", &[]).await?; rows[0].get::<_, String>("subject");',
    ],
)  # fmt: skip
def test_a_column_that_is_read_by_name_must_be_there(meet, body):
    assert news(meet, service(**in_function(body)), DESK, RENAMED) == [(VIOLATED, "column-missing", "", IN_LIB)]


@pytest.mark.parametrize(
    ("body", "change", "expected"),
    [
        (
            'let row = client.query_one("SELECT id, seat FROM ticket", &[]).await?; row.get::<_, Option<i32>>(1);',
            "ALTER TABLE ticket ALTER seat TYPE bigint",
            [(VIOLATED, "type-mismatch", "", IN_LIB)],
        ),
        (
            'for row in client.query("SELECT subject FROM ticket", &[]).await? { let s: String = row.get(0); }',
            "ALTER TABLE ticket ALTER subject DROP NOT NULL",
            [(AT_RISK, "nullable", "", IN_LIB)],
        ),
        (
            'for row in client.query("SELECT * FROM ticket", &[]).await? { let s: Option<i32> = row.get(3); }',
            "ALTER TABLE ticket DROP state",
            [(VIOLATED, "column-order", "", IN_LIB)],
        ),
        (
            'for row in client.query("SELECT * FROM ticket", &[]).await? { let s = row.get(4); }',
            "ALTER TABLE ticket DROP state",
            [(VIOLATED, "column-missing", "", IN_LIB)],
        ),
    ],
)
def test_a_row_is_read_as_the_types_that_are_written(meet, body, change, expected):
    assert set(expected) <= set(news(meet, service(**in_function(body)), DESK, change))


@pytest.mark.parametrize(
    "body",
    [
        'let row = client.query_one("SELECT * FROM ticket", &[]).await?; map.get("subject");',
        'let row = client.query_one("SELECT * FROM ticket", &[]).await?; let s: i64 = row.get("id");',
    ],
)
def test_what_is_not_read_may_go(meet, body):
    assert news(meet, service(**in_function(body)), DESK, RENAMED) == []


@pytest.mark.parametrize(
    ("body", "parameters", "change"),
    [
        (
            'client.execute("DELETE FROM ticket WHERE seat = $1", &[&n])', ", n: i32",
            "ALTER TABLE ticket ALTER seat TYPE bigint",
        ),
        (
            'client.execute("UPDATE ticket SET subject = $1", &[&s])', ", s: &str",
            "ALTER TABLE ticket ALTER subject TYPE state USING 'open'",
        ),
        (
            'client.execute("UPDATE ticket SET state = $1", &[&s])', ", s: State",
            "ALTER TABLE ticket ALTER state DROP DEFAULT, ALTER state TYPE text",
        ),
    ],
)  # fmt: skip
def test_a_value_is_sent_only_as_a_type_that_it_maps(meet, body, parameters, change):
    found = news(meet, service(**in_function(body, parameters)), DESK, change)
    assert (VIOLATED, "parameter-type", "", IN_LIB) in found


def test_a_cast_fixes_the_type_that_is_sent(meet):
    body = 'client.execute("DELETE FROM ticket WHERE seat = $1::int4", &[&n])'
    assert news(meet, service(**in_function(body, ", n: i32")), DESK, "ALTER TABLE ticket ALTER seat TYPE bigint") == []


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ("ALTER TYPE state ADD VALUE 'parked'", "enum-label"),
        ("ALTER TYPE price ADD ATTRIBUTE net bool", "composite-type"),
        ("ALTER TYPE price RENAME ATTRIBUTE cents TO minor", "composite-type"),
    ],
)
def test_a_derived_type_must_have_the_same_members(meet, change, rule):
    body = 'client.execute("UPDATE ticket SET state = $1", &[&State::Open])'
    assert news(meet, service(**in_function(body)), DESK, change) == [(VIOLATED, rule, "", IN_LIB)]


def test_an_enum_that_allows_a_mismatch_may_have_more_labels_where_it_is_only_written(meet):
    body = 'client.execute("UPDATE ticket SET state = $1", &[&State::Open])'
    files = {"lib": in_function(body)["lib"].replace('"snake_case"', '"snake_case", allow_mismatch')}
    assert news(meet, service(**files), DESK, "ALTER TYPE state ADD VALUE 'parked'") == []


@pytest.mark.parametrize(
    ("change", "grade"),
    [
        ("ALTER TABLE ticket ALTER seat TYPE text", AT_RISK),
        ("ALTER TABLE ticket ALTER seat TYPE bigint", AT_RISK),
        ("ALTER TABLE ticket ALTER subject TYPE varchar(9)", ""),
    ],
)
def test_a_value_whose_type_is_not_in_sight_can_hardly_be_sent_as_another(meet, change, grade):
    body = 'client.execute("UPDATE ticket SET seat = $1, subject = $2", &[&given.seat, &given.subject])'
    expected = [(grade, "parameter-type", "", IN_LIB)] if grade else []
    assert news(meet, service(**in_function(body, ", given: &elsewhere::Given")), DESK, change) == expected


def test_a_row_that_is_handed_to_a_function_is_read_there(meet):
    body = 'let row = client.query_one("SELECT * FROM ticket", &[]).await?; subject_of(&row)'
    files = in_function(body)
    files["lib"] += 'fn subject_of(row: &tokio_postgres::Row) -> String { row.get("subject") }'
    assert news(meet, service(**files), DESK, RENAMED) == [(VIOLATED, "column-missing", "", IN_LIB)]
