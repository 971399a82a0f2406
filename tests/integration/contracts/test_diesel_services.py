"""What breaks a service that speaks diesel; each drift has a twin that nothing happened to."""

from __future__ import annotations

import pytest

from tests.integration.contracts.drifts import news, service

DESK = """
CREATE TYPE state AS ENUM ('open', 'on_hold', 'closed');
CREATE SCHEMA audit;
CREATE TABLE owner (id bigint PRIMARY KEY, login text NOT NULL, display text);
CREATE TABLE ticket (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, subject varchar(200) NOT NULL, owner_id bigint REFERENCES owner,
    state state NOT NULL DEFAULT 'open', priority int NOT NULL DEFAULT 3, tags text[] NOT NULL DEFAULT '{}',
    extra jsonb, opened timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE audit.entry (id uuid PRIMARY KEY, "type" text NOT NULL)
"""
SCHEMA = """
pub mod sql_types {
    #[derive(diesel::query_builder::QueryId, diesel::sql_types::SqlType)]
    #[diesel(postgres_type(name = "state"))]
    pub struct State;
}
diesel::table! {
    /// People.
    owner (id) { id -> Int8, login -> Text, display -> Nullable<Text>, }
}
diesel::table! {
    use diesel::sql_types::*;
    use super::sql_types::State;

    ticket (id) {
        id -> Int8,
        #[max_length = 200]
        subject -> Varchar,
        owner_id -> Nullable<Int8>,
        state -> State,
        #[sql_name = "priority"]
        urgency -> Int4,
        tags -> Array<Nullable<Text>>,
        extra -> Nullable<Jsonb>,
        opened -> Timestamptz,
    }
}
diesel::table! {
    audit.entry (id) { id -> Uuid, r#type -> Text, }
}
diesel::joinable!(ticket -> owner (owner_id));
diesel::allow_tables_to_appear_in_same_query!(owner, ticket);
"""
MODELS = """
use diesel::prelude::*;
use crate::schema::{owner, ticket};

#[derive(diesel_derive_enum::DbEnum)]
#[ExistingTypePath = "crate::schema::sql_types::State"]
pub enum TicketState { Open, OnHold, Closed }

#[derive(Queryable, Selectable, Identifiable, Associations)]
#[diesel(table_name = ticket, belongs_to(Owner), check_for_backend(diesel::pg::Pg))]
pub struct Ticket {
    pub id: i64, pub subject: String, pub owner_id: Option<i64>,
    #[diesel(column_name = urgency)] pub how_urgent: i32
}

#[derive(Insertable)]
#[diesel(table_name = ticket)]
pub struct NewTicket<'a> { pub subject: &'a str, pub state: TicketState, #[diesel(embed)] pub who: Who }

#[derive(Insertable)]
#[diesel(table_name = ticket)]
pub struct Who { pub owner_id: Option<i64> }

#[derive(AsChangeset)]
#[diesel(table_name = crate::schema::ticket)]
pub struct Edit { pub id: i64, pub urgency: Option<i32> }

#[derive(Queryable, Selectable)]
#[diesel(table_name = owner)]
pub struct Owner { pub id: i64, pub login: String }

#[derive(QueryableByName)]
pub struct Load {
    #[diesel(sql_type = diesel::sql_types::Text)] pub login: String,
    #[diesel(sql_type = diesel::sql_types::BigInt)] pub total: i64,
}

pub fn loads(c: &mut PgConnection, least: i64) -> QueryResult<Vec<Load>> {
    diesel::sql_query("SELECT o.*, 1::int8 AS total FROM owner o WHERE o.id > $1")
        .bind::<diesel::sql_types::BigInt, _>(least)
        .load(c)
}
"""
VIOLATED, AT_RISK = "violated", "at_risk"
INVALID, TYPE = "query-invalid", "type-mismatch"
IN_SCHEMA, IN_MODELS = "src/schema.rs", "src/models.rs"
BOTH_INVALID = [(VIOLATED, INVALID, "42703", file) for file in (IN_MODELS, IN_SCHEMA)]
BOTH_TYPES = [(VIOLATED, TYPE, "", file) for file in (IN_MODELS, IN_SCHEMA)]
BOTH_NULLABLE = [(AT_RISK, "nullable", "", file) for file in (IN_MODELS, IN_SCHEMA)]
NOT_NULL = (VIOLATED, "not-null-violated", "23502", IN_MODELS)
LABEL_UNKNOWN = (AT_RISK, "enum-label", "", IN_MODELS)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("ALTER TABLE ticket DROP opened", [(VIOLATED, INVALID, "42703", IN_SCHEMA)]),
        ("ALTER TABLE ticket RENAME priority TO rank", [*BOTH_INVALID]),
        ('ALTER TABLE audit.entry RENAME "type" TO kind', [(VIOLATED, INVALID, "42703", IN_SCHEMA)]),
        ("DROP TABLE audit.entry", [(VIOLATED, INVALID, "42P01", IN_SCHEMA)]),
        ("ALTER TABLE ticket ALTER priority TYPE bigint", BOTH_TYPES),
        (
            "ALTER TABLE ticket ALTER tags DROP DEFAULT, ALTER tags TYPE text USING ''",
            [NOT_NULL, (VIOLATED, TYPE, "", IN_SCHEMA)],
        ),
        ("ALTER TABLE ticket ALTER extra TYPE json", [(VIOLATED, TYPE, "", IN_SCHEMA)]),
        ("ALTER TABLE ticket ALTER opened TYPE timestamp", [(AT_RISK, TYPE, "", IN_SCHEMA)]),
        ("ALTER TABLE owner ALTER login DROP NOT NULL", BOTH_NULLABLE),
        ("ALTER TABLE ticket ADD region text NOT NULL", [NOT_NULL]),
        ("ALTER TABLE ticket ALTER priority DROP DEFAULT", [NOT_NULL]),
        (
            "ALTER TYPE state RENAME VALUE 'on_hold' TO 'waiting'",
            [LABEL_UNKNOWN, (VIOLATED, "enum-label", "22P02", IN_MODELS)],
        ),
        ("ALTER TYPE state ADD VALUE 'parked'", [LABEL_UNKNOWN]),
        ("ALTER TABLE owner DROP COLUMN login", [
            (VIOLATED, "column-missing", "", IN_MODELS), *BOTH_INVALID,
        ]),
    ],
)  # fmt: skip
def test_a_drift_breaks_the_tables_and_derives_that_name_it(meet, change, expected):
    assert news(meet, service(schema=SCHEMA, models=MODELS), DESK, change) == expected


def test_a_join_and_an_association_need_keys_of_one_type(meet):
    change = "ALTER TABLE ticket DROP CONSTRAINT ticket_owner_id_fkey, ALTER owner_id TYPE text"
    found = news(meet, service(schema=SCHEMA, models=MODELS), DESK, change)
    assert (VIOLATED, INVALID, "42883", IN_SCHEMA) in found
    assert (VIOLATED, INVALID, "42883", IN_MODELS) in found


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE ticket ADD region text",
        "ALTER TABLE ticket ADD region text NOT NULL DEFAULT 'eu'",
        "ALTER TABLE owner ALTER display SET DEFAULT 'x'",
        "ALTER TABLE ticket ALTER subject TYPE text",
        "ALTER TABLE owner DROP COLUMN display; ALTER TABLE owner ADD display text",
        "CREATE INDEX ON ticket (owner_id)",
    ],
)
def test_a_drift_that_diesel_does_not_notice_is_not_reported(meet, change):
    assert news(meet, service(schema=SCHEMA, models=MODELS), DESK, change.replace("; ", ";\n")) == []


def test_a_service_that_only_reads_does_not_mind_a_column_it_would_have_to_insert(meet):
    assert news(meet, service(schema=SCHEMA), DESK, "ALTER TABLE ticket ADD region text NOT NULL") == []


def test_an_enum_that_is_written_by_hand_needs_its_labels(meet):
    models = """
impl ToSql<crate::schema::sql_types::State, Pg> for Mood {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        match *self {
            Mood::Open => out.write_all(b"open")?,
            Mood::OnHold => out.write_all(b"on_hold")?,
            Mood::Closed => out.write_all(b"closed")?,
        }
        Ok(IsNull::No)
    }
}
"""
    found = news(meet, service(schema=SCHEMA, models=models), DESK, "ALTER TYPE state RENAME VALUE 'open' TO 'new'")
    assert (VIOLATED, "enum-label", "22P02", IN_MODELS) in found


def test_a_table_that_two_derives_of_diesel_1_name_is_read(meet):
    models = """
#[macro_use] extern crate diesel;
#[derive(Insertable)] #[table_name = "owner"]
pub struct NewOwner { pub id: i64, #[column_name = "login"] pub name: String }
#[derive(Associations)] #[belongs_to(Owner, foreign_key = "owner_id")] #[table_name = "ticket"]
pub struct Ticket { pub id: i64 }
#[derive(Identifiable)] #[table_name = "owner"] pub struct Owner { pub id: i64 }
"""
    found = news(meet, service(schema=SCHEMA, models=models), DESK, "ALTER TABLE owner ALTER login TYPE int USING 0")
    assert (VIOLATED, INVALID, "42804", IN_MODELS) in found


EDITED = """
diesel::table! { owner (id) { id -> Int8, login -> Text, display -> Nullable<Text>, } }
#[derive(diesel::Insertable, diesel::AsChangeset)] #[diesel(table_name = owner)]
pub struct EditOwner { pub display: Option<String> }
"""


def test_a_struct_that_could_never_be_inserted_is_not_inserted(meet):
    contract = service(lib=EDITED)
    assert meet(contract, declared=DESK, observed=DESK) == ()
    assert news(meet, contract, DESK, "ALTER TABLE owner ADD region text NOT NULL") == []
