"""Query files of cornucopia and what sea-query builds are read from the text: queries, names, and what is unread."""

from __future__ import annotations

import pytest

from shared.contracts.contract import Contract
from shared.contracts.drivers.cornucopia import numbered
from shared.contracts.extract import extract_contract

NAMES = """use sea_query::{Iden, Query, PostgresQueryBuilder};
#[derive(Iden)] enum Ticket { Table, Id, #[iden = "subject"] Title, Seat }
"""


def service(lib: str) -> Contract:
    return extract_contract("desk", [("src/lib.rs", lib.encode())])


def test_a_header_that_does_not_read_is_named():
    files = [("src/lib.rs", b"pub use gen::q;"), ("queries/ticket.sql", b"--! find : (\nSELECT 1;\n")]
    (place,) = extract_contract("desk", files).unread
    assert (place.file, place.line, place.driver) == ("queries/ticket.sql", 1, "cornucopia")


def test_parameters_are_numbered_by_name_and_only_where_they_are_parameters():
    assert numbered("SELECT :a::int, ':b', $x$:c$x$, :d, :a -- :e") == "SELECT $1::int, ':b', $x$:c$x$, $2, $1 -- :e"


def test_what_sea_query_builds_is_named_as_not_read():
    contract = service(lib=NAMES + "fn f() { Query::select().from(Ticket::Table).to_string(PostgresQueryBuilder); }")
    assert [(place.driver, place.line) for place in contract.unread] == [("sea-query", 3)]


def test_names_without_a_table_are_names_of_other_things():
    assert service(lib="use sea_query::Iden; #[derive(Iden)] enum Total { Sum }").mappings == ()


@pytest.mark.parametrize(
    ("rust", "sql"),
    [
        (
            "Query::select().columns([Ticket::Id]).from(Ticket::Table).and_where(Expr::col(Ticket::Title).eq(x)).take()",
            'SELECT "ticket"."id", "ticket"."subject" FROM "ticket"',
        ),
        (
            """Query::select().expr(Expr::col((Ticket::Table, Ticket::Id))).from(Ticket::Table)
                .inner_join(Alias::new("seat"), Expr::col((Alias::new("seat"), Alias::new("ticket_id"))).equals(x))""",
            'SELECT "ticket"."id", "seat"."ticket_id" FROM "ticket", "seat"',
        ),
        (
            'Query::select().column("id").from(("audit", "entry")).order_by("at", Order::Asc)',
            'SELECT "audit"."entry"."id", "audit"."entry"."at" FROM "audit"."entry"',
        ),
        (
            """Query::update().table(Ticket::Table).value(Ticket::Seat, 3).values([(Ticket::Title, "a".into())])
                .and_where(Expr::col(Ticket::Id).eq(1))""",
            'UPDATE "ticket" SET "seat" = $1, "subject" = $2 WHERE "ticket"."id" IS NULL',
        ),
        (
            "Query::delete().from_table(Ticket::Table).and_where(Expr::col(Ticket::Id).eq(1))",
            'DELETE FROM "ticket" WHERE "ticket"."id" IS NULL',
        ),
        (
            'Query::insert().into_table(Alias::new("ticket")).columns([Alias::new("id")]).values_panic([1.into()])',
            'INSERT INTO "ticket" ("id") VALUES ($1)',
        ),
        (
            'Query::select().expr_as(Expr::col(Ticket::Id), "n").from(Ticket::Table).order_by("n", Order::Asc)',
            'SELECT "ticket"."id" FROM "ticket"',
        ),
    ],
)
def test_what_sea_query_builds_names_tables_and_columns(rust, sql):
    names = NAMES.replace("Iden, ", "Alias, Expr, Iden, ")
    (query,) = [each for each in service(lib=f"{names} fn f() {{ {rust}; }}").queries if each.macro != "sea_query.iden"]
    assert query.sql == sql


def test_what_a_statement_makes_itself_is_no_table():
    rust = """use sea_query::*; fn f() {
    let all = CommonTableExpression::new().query(q).table_name(Alias::new("sessions"));
    Query::select().column(Alias::new("id")).from(Alias::new("sessions")); }"""
    assert service(lib=rust).queries == ()


def test_an_insert_whose_columns_are_made_elsewhere_is_only_named_as_not_read():
    rust = NAMES + "fn f(c: Vec<Ticket>) { Query::insert().into_table(Ticket::Table).columns(c); }"
    assert [query.macro for query in service(lib=rust).queries] == ["sea_query.iden"]
