"""What breaks the query files of cornucopia and the names of sea-query; each drift has an untouched twin."""

from __future__ import annotations

import pytest

from shared.contracts.extract import extract_contract
from tests.integration.contracts.drifts import news, service

DESK = "CREATE TABLE ticket (id bigint PRIMARY KEY, subject text NOT NULL, seat int)"
QUERIES = """--: Ticket(seat?)

--! find : Ticket
SELECT id, subject, seat FROM ticket WHERE id = :id AND ':no' <> 'x';

--! open (seat?)
INSERT INTO ticket (id, subject, seat) VALUES (:id, :subject, :seat::int);
"""
NAMES = """use sea_query::{Iden, Query, PostgresQueryBuilder};
#[derive(Iden)] enum Ticket { Table, Id, #[iden = "subject"] Title, Seat }
"""
VIOLATED, AT_RISK, IN_FILE = "violated", "at_risk", "queries/ticket.sql"


def query_file(text: str):
    return extract_contract("desk", [("src/lib.rs", b"pub use gen::q;"), (IN_FILE, text.encode())])


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("ALTER TABLE ticket RENAME subject TO title", [(VIOLATED, "query-invalid", "42703", IN_FILE)]),
        ("ALTER TABLE ticket ADD region text NOT NULL", [(VIOLATED, "not-null-violated", "23502", IN_FILE)]),
        ("ALTER TABLE ticket ALTER subject DROP NOT NULL", [(AT_RISK, "nullable", "", IN_FILE)]),
        (
            "ALTER TABLE ticket ALTER id TYPE int",
            [(VIOLATED, "parameter-type", "", IN_FILE), (VIOLATED, "type-mismatch", "", IN_FILE)],
        ),
        ("ALTER TABLE ticket ALTER subject TYPE varchar(9)", []),
        ("ALTER TABLE ticket ADD region text", []),
    ],
)
def test_a_query_file_is_checked_against_the_schema_it_was_generated_for(meet, change, expected):
    assert news(meet, query_file(QUERIES), DESK, change) == expected


STATE = "CREATE TYPE state AS ENUM ('open'); CREATE TABLE job (id int, state state, tags text[])"
STATES = """--! set
UPDATE job SET state = :state, tags = :tags;

--! get
SELECT state, tags FROM job;
"""


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            "ALTER TABLE job ALTER state TYPE text",
            [(VIOLATED, "parameter-type", "", IN_FILE), (VIOLATED, "type-mismatch", "", IN_FILE)],
        ),
        (
            "ALTER TABLE job ALTER tags TYPE text",
            [(VIOLATED, "parameter-type", "", IN_FILE), (VIOLATED, "type-mismatch", "", IN_FILE)],
        ),
        ("ALTER TABLE job ALTER tags TYPE varchar(9)[]", []),
    ],
)
def test_what_is_generated_for_an_enum_or_an_array_takes_nothing_else(meet, change, expected):
    assert news(meet, query_file(STATES), STATE, change) == expected


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE ticket DROP seat",
        "ALTER TABLE ticket RENAME TO tickets",
        "ALTER TABLE ticket RENAME subject TO x",
    ],
)
def test_the_names_that_sea_query_is_given_must_exist(meet, change):
    ((status, rule, _, file),) = news(meet, service(lib=NAMES), DESK, change)
    assert (status, rule, file) == (VIOLATED, "query-invalid", "src/lib.rs")


INSERTING = """fn f() { Query::insert().into_table(Ticket::Table).columns([Ticket::Id, Ticket::Title]).values_panic(v)
    .on_conflict(OnConflict::column(Ticket::Id).update_column(Ticket::Title)).build(PostgresQueryBuilder); }
"""


@pytest.mark.parametrize(
    ("change", "sqlstate"),
    [
        ("ALTER TABLE ticket ADD region text NOT NULL", "23502"),
        ("ALTER TABLE ticket ALTER seat SET NOT NULL", "23502"),
        ("ALTER TABLE ticket DROP CONSTRAINT ticket_pkey", "42P10"),
    ],
)
def test_what_sea_query_inserts_is_checked_as_far_as_columns_are_named(meet, change, sqlstate):
    ((status, _, found, file),) = news(meet, service(lib=NAMES + INSERTING), DESK, change)
    assert (status, found, file) == (VIOLATED, sqlstate, "src/lib.rs")


BY_HAND = """use sea_query::*; pub enum Ticket { Table, Id, Title } pub struct Total;
impl Iden for Ticket { fn unquoted(&self, s: &mut dyn Write) {
    write!(s, "{}", match self { Self::Table => "ticket", Self::Id => "id", Self::Title => "subject" }).unwrap();
} }
impl Iden for Total { fn unquoted(&self, s: &mut dyn Write) { write!(s, "total").unwrap(); } }
fn f() { Query::select().column(Total).from(Ticket::Table); }
"""


def test_names_that_are_written_by_hand_must_exist(meet):
    texts = {query.sql for query in service(lib=BY_HAND).queries}
    assert texts == {'SELECT "id", "subject" FROM "ticket"', 'SELECT "ticket"."total" FROM "ticket"'}
    without_total = BY_HAND.replace("column(Total)", "column(Ticket::Id)")
    found = news(meet, service(lib=without_total), DESK, "ALTER TABLE ticket RENAME subject TO x")
    assert found == [(VIOLATED, "query-invalid", "42703", "src/lib.rs")]


def test_a_constant_that_sea_query_writes_may_break_a_check(meet):
    lib = NAMES + "fn f() { Query::update().table(Ticket::Table).value(Ticket::Seat, 3); }"
    found = news(meet, service(lib=lib), DESK, "ALTER TABLE ticket ADD CHECK (seat < 3)")
    assert found == [(VIOLATED, "check-violated", "23514", "src/lib.rs")]
