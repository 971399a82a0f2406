"""What breaks a statement in a shape, wherever it stands in it; each case has a twin that nothing happened to."""

from __future__ import annotations

import pytest

from shared.contracts.contract import VerdictStatus
from tests.integration.contracts.drifts import news, service

DESK = """
CREATE TYPE state AS ENUM ('open', 'closed');
CREATE TABLE owner (id bigint PRIMARY KEY, login text NOT NULL);
CREATE TABLE ticket (
    id bigint PRIMARY KEY, subject text NOT NULL, owner_id bigint REFERENCES owner, priority int NOT NULL DEFAULT 3,
    rate numeric NOT NULL DEFAULT 1
);
CREATE TABLE note (id bigint PRIMARY KEY, ticket_id bigint NOT NULL, body text NOT NULL);
CREATE SEQUENCE invoice;
CREATE INDEX ticket_subject ON ticket (subject);
CREATE VIEW open_ticket AS SELECT id, subject AS title FROM ticket;
CREATE VIEW ticket_owner AS SELECT t.id, o.login FROM ticket t JOIN owner o ON o.id = t.owner_id;
CREATE MATERIALIZED VIEW per_owner AS SELECT owner_id, count(*) AS n FROM ticket GROUP BY owner_id
"""
UNTOUCHED = "CREATE TABLE unrelated (id int)"
USE = "use sqlx::{query, query_as, query_scalar, raw_sql, FromRow};\n"


def judged(meet, rust, change):
    """Give (status, rule, SQLSTATE) of what is new, and make sure that the twin hears nothing."""
    twin = meet(USE + rust, declared=DESK, observed=f"{DESK};\n{UNTOUCHED}")
    assert [verdict for verdict in twin if not verdict.declared_too] == []
    verdicts = meet(USE + rust, declared=DESK, observed=f"{DESK};\n{change}")
    return [(v.status.value, v.rule.removeprefix("contract-"), v.sqlstate) for v in verdicts if not v.declared_too]


def run(sql, call="execute(p)", function="query"):
    return f'fn f() {{ {function}(r#"{sql}"#).{call} }}'


VIOLATED = VerdictStatus.VIOLATED.value
NEW_COLUMN = "ALTER TABLE note ADD source text NOT NULL"


@pytest.mark.parametrize(
    ("sql", "change", "rule", "sqlstate"),
    [
        (
            "WITH i AS (INSERT INTO note (id, ticket_id, body) VALUES (1, 2, 'x') RETURNING id) SELECT id FROM i",
            NEW_COLUMN, "not-null-violated", "23502",
        ),
        (
            ("MERGE INTO note USING ticket ON note.id = ticket.id"
            " WHEN NOT MATCHED THEN INSERT (id, ticket_id, body) VALUES (1, 2, 'x')"),
            NEW_COLUMN, "not-null-violated", "23502",
        ),
        (
            "INSERT INTO open_ticket (id, title) VALUES (1, 'x')",
            "ALTER TABLE ticket ALTER priority DROP DEFAULT", "not-null-violated", "23502",
        ),
        (
            "INSERT INTO open_ticket (id, title) VALUES (1, 'x')",
            "CREATE OR REPLACE VIEW open_ticket AS SELECT DISTINCT id, subject AS title FROM ticket",
            "query-invalid", "55000",
        ),
        (
            "WITH u AS (UPDATE ticket SET priority = 9 RETURNING id) SELECT id FROM u",
            "ALTER TABLE ticket ADD CHECK (priority < 5)", "check-violated", "23514",
        ),
        (
            "MERGE INTO ticket USING note ON note.id = ticket.id WHEN MATCHED THEN UPDATE SET priority = 9",
            "ALTER TABLE ticket ADD CHECK (priority < 5)", "check-violated", "23514",
        ),
        (
            "INSERT INTO note (id, ticket_id, body) VALUES (1, 2, 'x') ON CONFLICT (id) DO NOTHING",
            "ALTER TABLE note DROP CONSTRAINT note_pkey, ADD PRIMARY KEY (id) DEFERRABLE", "conflict-target", "55000",
        ),
        ("TRUNCATE ticket", "ALTER TABLE note ADD FOREIGN KEY (ticket_id) REFERENCES ticket", "query-invalid", "0A000"),
        ("LOCK TABLE note", "DROP TABLE note", "query-invalid", "42P01"),
        ("REINDEX INDEX ticket_subject", "DROP INDEX ticket_subject", "query-invalid", "42P01"),
        ("VACUUM ANALYZE note (body)", "ALTER TABLE note DROP body", "query-invalid", "42703"),
        ("ALTER SEQUENCE invoice RESTART WITH 1", "DROP SEQUENCE invoice", "query-invalid", "42P01"),
        (
            "REFRESH MATERIALIZED VIEW per_owner",
            "DROP MATERIALIZED VIEW per_owner;\nCREATE VIEW per_owner AS SELECT 1 AS n", "query-invalid", "42809",
        ),
        ("COPY note (id, body) TO STDOUT", "ALTER TABLE note DROP body", "query-invalid", "42703"),
        ("COPY note (id, ticket_id, body) FROM STDIN", NEW_COLUMN, "not-null-violated", "23502"),
        (
            "COPY note (id, body) FROM STDIN",
            "DROP TABLE note;\nCREATE VIEW note AS SELECT 1::bigint AS id, 'x'::text AS body", "query-invalid", "42809",
        ),
    ],
)  # fmt: skip
def test_a_statement_that_fails_every_time_is_violated(meet, sql, change, rule, sqlstate):
    if "FROM STDIN" in sql and rule == "query-invalid":
        assert (VIOLATED, rule, sqlstate) in judged(meet, run(sql, function="raw_sql"), change)
        return
    assert judged(meet, run(sql), change) == [(VIOLATED, rule, sqlstate)]


SCRIPT = """
    CREATE TEMP TABLE pick (id bigint);
    INSERT INTO pick SELECT id FROM ticket WHERE subject = 'a;b';
    LOCK TABLE note;
    DELETE FROM note WHERE ticket_id IN (SELECT id FROM pick)"""


def test_a_script_is_checked_statement_by_statement_with_what_it_makes_itself(meet):
    assert judged(meet, run(SCRIPT, function="raw_sql"), "ALTER TABLE note DROP ticket_id") == [
        (VIOLATED, "query-invalid", "42703")
    ]


def test_a_statement_of_a_block_may_never_be_reached(meet):
    block = "DO $$ BEGIN IF now() > '2020-01-01' THEN DELETE FROM note WHERE body = 'x'; END IF; END $$"
    assert judged(meet, run(block, function="raw_sql"), "ALTER TABLE note DROP body") == [
        ("at_risk", "query-invalid", "42703")
    ]


@pytest.mark.parametrize("sql", ["SET statement_timeout = '5s'", "BEGIN", "LISTEN note", "CREATE TABLE note (id int)"])
def test_what_no_drift_breaks_or_has_been_run_already_breaks_nothing(meet, sql):
    assert judged(meet, run(sql, function="raw_sql"), "ALTER TABLE note DROP body") == []


def test_the_type_that_sqlx_sends_with_an_argument_decides(meet):
    rust = 'fn f(id: i64) { query("DELETE FROM note WHERE id = $1").bind(id).execute(p) }'
    change = "ALTER TABLE note DROP id;\nALTER TABLE note ADD id uuid PRIMARY KEY DEFAULT gen_random_uuid()"
    assert judged(meet, rust, change) == [(VIOLATED, "query-invalid", "42883")]


def test_an_argument_whose_type_was_misread_is_left_to_the_server(meet):
    rust = 'fn f(id: &str) { query("DELETE FROM note WHERE id = $1").bind(id).execute(p) }'
    assert judged(meet, rust, "ALTER TABLE note ADD more text") == []


OWNER = "#[derive(FromRow)] struct Owner { login: String }\n"


@pytest.mark.parametrize(
    ("sql", "change"),
    [
        ("SELECT login FROM ticket_owner", "ALTER TABLE owner ALTER login DROP NOT NULL"),
        ("WITH o AS (SELECT * FROM ticket_owner) SELECT login FROM o", "ALTER TABLE owner ALTER login DROP NOT NULL"),
        ("SELECT lower(login) AS login FROM owner", "ALTER TABLE owner ALTER login DROP NOT NULL"),
        (
            "SELECT login FROM ticket_owner",
            (
                "CREATE OR REPLACE VIEW ticket_owner AS"
                " SELECT t.id, o.login FROM ticket t LEFT JOIN owner o ON o.id = t.owner_id"
            ),
        ),
    ],
)
def test_a_null_that_comes_through_a_view_or_an_expression_is_a_risk(meet, sql, change):
    rust = OWNER + f'fn f() {{ query_as::<_, Owner>("{sql}").fetch_all(p) }}'
    assert judged(meet, rust, change) == [("at_risk", "nullable", "")]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT login FROM owner WHERE login IS NOT NULL",
        "SELECT login FROM owner WHERE login = 'a'",
        "SELECT coalesce(login, 'nobody') AS login FROM owner",
    ],
)
def test_a_null_that_the_query_keeps_out_is_no_risk(meet, sql):
    rust = OWNER + f'fn f() {{ query_as::<_, Owner>("{sql}").fetch_all(p) }}'
    assert judged(meet, rust, "ALTER TABLE owner ALTER login DROP NOT NULL") == []


def test_a_dropped_table_is_no_creation_of_the_service_because_some_code_renames_to_it(meet):
    rust = 'fn f() { raw_sql("ALTER TABLE note_new RENAME TO note"); query("SELECT body FROM note").fetch_all(p) }'
    assert judged(meet, rust, "DROP TABLE note") == [(VIOLATED, "query-invalid", "42P01")]


@pytest.mark.parametrize(
    ("sql", "change"),
    [
        ("SELECT rate FROM ticket ORDER BY {order}", "ALTER TABLE ticket DROP rate"),
        ("SELECT {columns} FROM note WHERE body = 'x'", "ALTER TABLE note DROP body"),
        ("DELETE FROM note WHERE ticket_id = {id}", "DROP TABLE note"),
        ("SELECT rate FROM ticket {filter}", "ALTER TABLE ticket DROP rate"),
    ],
)
def test_a_text_with_holes_is_checked_as_far_as_it_is_known_and_never_violated(meet, sql, change):
    rust = f'fn f(order: &str, columns: &str, id: i64, filter: &str) {{ query(&format!("{sql}")).fetch_all(p) }}'
    assert {status for status, _, _ in judged(meet, rust, change)} == {"at_risk"}


def test_a_hole_that_says_which_table_it_is_about_leaves_nothing_to_check(meet):
    rust = 'fn f(table: &str) { query(&format!("SELECT rate FROM {table}")).fetch_all(p) }'
    assert judged(meet, rust, "ALTER TABLE ticket DROP rate") == []


NUMBERED = """
CREATE TABLE bill (id bigint PRIMARY KEY, number text NOT NULL, state text NOT NULL DEFAULT 'new', seen timestamptz);
CREATE FUNCTION number_bill() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.number := NEW.id; RETURN NEW; END';
CREATE TRIGGER bill_number BEFORE {event} ON bill FOR EACH ROW EXECUTE FUNCTION number_bill()
"""
BILL = 'fn f() { sqlx::query("INSERT INTO bill (id) VALUES ($1)").bind(1_i64).execute(p); }'


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("ALTER TABLE bill ALTER COLUMN state DROP DEFAULT", [("at_risk", "not-null-violated", "23502", "src/lib.rs")]),
        ("ALTER TABLE bill ALTER COLUMN seen SET NOT NULL", [("at_risk", "not-null-violated", "23502", "src/lib.rs")]),
        ("ALTER TABLE bill ALTER COLUMN number SET DEFAULT 'x'", []),
    ],
)
def test_what_a_trigger_may_fill_is_at_risk_where_the_declared_schema_filled_it(meet, change, said):
    assert news(meet, service(lib=BILL), NUMBERED.format(event="INSERT OR UPDATE"), change) == said


def test_a_trigger_before_updates_fills_nothing_of_an_insert(meet):
    bill = BILL.replace("(id) VALUES ($1)", "(id, number) VALUES ($1, 'a') ON CONFLICT (id) DO UPDATE SET number = 'b'")
    change = "ALTER TABLE bill ALTER COLUMN state DROP DEFAULT"
    assert news(meet, service(lib=bill), NUMBERED.format(event="UPDATE OF number"), change) == [
        ("violated", "not-null-violated", "23502", "src/lib.rs")
    ]


def test_a_constant_that_a_domain_refuses_is_violated(meet):
    declared = (
        "CREATE DOMAIN grams AS int CHECK (VALUE > 0); CREATE TABLE bag (id int PRIMARY KEY, weight grams NOT NULL)"
    )
    rust = 'fn f() { sqlx::query("INSERT INTO bag (id, weight) VALUES ($1, 1)").bind(1_i32).execute(p); }'
    change = "ALTER DOMAIN grams ADD CONSTRAINT heavier CHECK (VALUE > 10) NOT VALID"
    assert news(meet, service(lib=rust), declared.replace("; ", ";\n"), change) == [
        ("violated", "check-violated", "23514", "src/lib.rs")
    ]


@pytest.mark.parametrize(
    "sql", ["UPDATE bag SET weight = 2 WHERE id = $1 RETURNING weight", "DELETE FROM bag WHERE id = $1 RETURNING 1"]
)
def test_a_change_that_returns_one_row_by_a_lost_key_is_at_risk(meet, sql):
    declared = "CREATE TABLE bag (id int CONSTRAINT bag_key PRIMARY KEY, weight int NOT NULL)"
    rust = f'fn f() {{ sqlx::query("{sql}").bind(1_i32).fetch_one(p); }}'
    change = "ALTER TABLE bag DROP CONSTRAINT bag_key"
    assert news(meet, service(lib=rust), declared, change) == [("at_risk", "cardinality", "", "src/lib.rs")]
