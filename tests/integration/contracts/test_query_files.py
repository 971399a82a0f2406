"""What breaks the query files of cornucopia and the names of sea-query; each drift has an untouched twin."""

from __future__ import annotations

import pytest

from shared.contracts.drivers.cornucopia import numbered
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


def test_a_header_that_does_not_read_is_named():
    (place,) = query_file("--! find : (\nSELECT 1;\n").unread
    assert (place.file, place.line, place.driver) == (IN_FILE, 1, "cornucopia")


def test_parameters_are_numbered_by_name_and_only_where_they_are_parameters():
    assert numbered("SELECT :a::int, ':b', $x$:c$x$, :d, :a -- :e") == "SELECT $1::int, ':b', $x$:c$x$, $2, $1 -- :e"


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


def test_what_sea_query_builds_is_named_as_not_read():
    contract = service(lib=NAMES + "fn f() { Query::select().from(Ticket::Table).to_string(PostgresQueryBuilder); }")
    assert [(place.driver, place.line) for place in contract.unread] == [("sea-query", 3)]


def test_names_without_a_table_are_names_of_other_things():
    assert service(lib="use sea_query::Iden; #[derive(Iden)] enum Total { Sum }").mappings == ()


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


def test_an_insert_whose_columns_are_made_elsewhere_is_only_named_as_not_read():
    rust = NAMES + "fn f(c: Vec<Ticket>) { Query::insert().into_table(Ticket::Table).columns(c); }"
    assert [query.macro for query in service(lib=rust).queries] == ["sea_query.iden"]
