"""Each contract rule, on a real server: what it finds, and what it does not claim."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from shared.contracts.contract import VerdictStatus
from shared.contracts.extract import extract_contract
from shared.postgres.scratch.server import ScratchServer
from shared.schema.profile import Profile
from tests.contract_checking import check_contract

ORDERS = """
CREATE TYPE status AS ENUM ('new', 'paid');
CREATE TABLE customers (id bigint PRIMARY KEY, email text NOT NULL, name text);
CREATE TABLE orders (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer_id bigint NOT NULL REFERENCES customers,
    status status NOT NULL DEFAULT 'new',
    note text,
    total integer NOT NULL
);
CREATE UNIQUE INDEX customers_email_idx ON customers (lower(email))
"""
USE = "use sqlx::{query, query_as, query_scalar, raw_sql, FromRow};\n"


def said(verdicts):
    """Give (rule, status, reason) of each verdict."""
    return [(verdict.rule, verdict.status.value, verdict.reason) for verdict in verdicts]


def alone(verdicts):
    (verdict,) = verdicts
    return verdict


def test_a_missing_column_names_the_column_and_the_code(meet):
    rust = USE + 'fn f() { query!("SELECT note FROM orders WHERE id = $1", id).fetch_one(p) }'
    verdict = alone(meet(rust, declared=ORDERS, observed=f"{ORDERS};\nALTER TABLE orders DROP COLUMN note"))
    assert (verdict.rule, verdict.sqlstate) == ("contract-query-invalid", "42703")
    assert verdict.reason == 'PostgreSQL refuses the query: column "note" does not exist'
    assert verdict.subject == "SELECT note FROM orders WHERE id = $1"


def test_a_missing_table_is_named(meet):
    rust = USE + 'fn f() { query("DELETE FROM orders").execute(p) }'
    verdict = alone(meet(rust, declared=ORDERS, observed=f"{ORDERS};\nDROP TABLE orders"))
    assert (verdict.rule, verdict.sqlstate) == ("contract-query-invalid", "42P01")


def test_a_query_that_the_declared_schema_refuses_too_is_the_services_own_fault(meet):
    rust = USE + 'fn f() { query!("SELECT nothing FROM orders") }'
    verdict = alone(meet(rust, declared=ORDERS, observed=ORDERS))
    assert verdict.declared_too


def test_a_macro_is_prepared_with_the_types_it_was_compiled_for(meet):
    rust = USE + 'fn f() { query!("SELECT note FROM orders WHERE customer_id = $1", id).fetch_one(p) }'
    observed = ORDERS.replace("customer_id bigint NOT NULL REFERENCES customers", "customer_id uuid NOT NULL")
    verdict = alone(meet(rust, declared=ORDERS, observed=observed))
    assert (verdict.rule, verdict.sqlstate) == ("contract-query-invalid", "42883")
    assert "operator does not exist: uuid = bigint" in verdict.reason


def test_a_function_whose_argument_types_are_unknown_is_not_condemned(meet):
    rust = USE + 'fn f() { query("SELECT $1 + $2").bind(a).bind(b).fetch_one(p) }'
    verdict = alone(meet(rust, declared=ORDERS, observed=ORDERS))
    assert verdict.status is VerdictStatus.UNVERIFIED
    assert verdict.reason.startswith("the types of the arguments, which are not in the source, may decide it: ")


def test_a_function_that_the_declared_schema_refuses_may_be_meant_for_another_database(meet):
    rust = USE + 'fn f() { query("SELECT path FROM files WHERE path = ?").bind(x).fetch_one(sqlite) }'
    verdict = alone(meet(rust, declared=ORDERS, observed=ORDERS))
    assert (verdict.status, verdict.declared_too) == (VerdictStatus.UNVERIFIED, True)
    assert verdict.reason.startswith(
        "the declared schema does not take it either, so it may be meant for another database: "
    )


def test_a_table_that_the_service_creates_itself_is_not_missing(meet):
    rust = USE + 'fn f() { query("CREATE TABLE jobs (id int)").execute(p); query("SELECT id FROM jobs").fetch_all(p) }'
    verdict = alone(meet(rust, declared=ORDERS, observed=ORDERS))
    assert verdict.status is VerdictStatus.UNVERIFIED
    assert verdict.reason.startswith('the service creates it itself: relation "jobs" does not exist')


def test_a_table_that_the_service_renames_itself_is_not_missing(meet):
    rust = USE + 'fn f() { raw_sql("ALTER TABLE orders RENAME TO old"); query!("DELETE FROM old") }'
    assert alone(meet(rust, declared=ORDERS, observed=ORDERS)).status is VerdictStatus.UNVERIFIED


@pytest.mark.parametrize("kind", ["uuid", "int", "bool", "text"])
def test_a_setting_that_the_service_makes_in_its_sessions_is_stood_in_for(meet, kind):
    secured = (
        f"CREATE TABLE jobs (id int, tenant {kind} NOT NULL);\nCREATE INDEX ON jobs (tenant);\n"
        "ALTER TABLE jobs ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;\n"
        f"CREATE POLICY own ON jobs USING (tenant = current_setting('app.tenant')::{kind})"
    )
    rust = (
        USE
        + """fn f() { query!("SELECT id FROM jobs WHERE id = $1", id);
        query!("DELETE FROM jobs WHERE tenant::text = current_setting('a.b') || current_setting('c.d')") }"""
    )
    assert meet(rust, declared=secured, observed=secured) == ()


def test_an_expression_that_fails_while_planning_condemns_nobody(meet):
    shy = "CREATE FUNCTION shy() RETURNS int LANGUAGE plpgsql STABLE AS $$ BEGIN RAISE 'not here'; END $$"
    rust = USE + 'fn f() { query!("SELECT id FROM orders WHERE id = shy()") }'
    observed = f"{ORDERS};\n{shy}"
    verdict = alone(meet(rust, declared=f"{ORDERS};\n{shy.replace('RAISE', 'RETURN 1; RAISE')}", observed=observed))
    assert (verdict.status, verdict.sqlstate) == (VerdictStatus.UNVERIFIED, "P0001")
    assert verdict.reason == "an expression that the planner evaluates may depend on the session: not here"


@pytest.mark.parametrize(("kind", "sqlstate"), [("varchar(2)", "22001"), ("smallint", "22003")])
def test_a_constant_that_no_longer_fits_its_column_is_found_by_planning(meet, kind, sqlstate):
    declared = "CREATE TABLE t (v text)" if kind != "smallint" else "CREATE TABLE t (v int)"
    constant = "'paid'" if kind != "smallint" else "70000"
    rust = USE + f'fn f() {{ query!("UPDATE t SET v = {constant}") }}'
    verdict = alone(meet(rust, declared=declared, observed=f"CREATE TABLE t (v {kind})"))
    assert (verdict.status, verdict.sqlstate) == (VerdictStatus.VIOLATED, sqlstate)


def test_a_script_is_checked_statement_by_statement_until_it_changes_the_schema(meet):
    rust = USE + 'fn f() { raw_sql("SELECT 1; SELECT note FROM orders; CREATE TABLE x (i int); SELECT i FROM x") }'
    verdict = alone(meet(rust, declared=ORDERS, observed=f"{ORDERS};\nALTER TABLE orders DROP COLUMN note"))
    assert 'column "note" does not exist' in verdict.reason


def test_a_service_cannot_run_a_second_statement_on_the_scratch_copy(meet):
    rust = (
        USE + 'fn f() { query!("SELECT id FROM orders WHERE id = $1; DROP TABLE orders", id); query!("TABLE orders") }'
    )
    verdicts = meet(rust, declared=ORDERS, observed=ORDERS)
    assert [(verdict.line, verdict.sqlstate) for verdict in verdicts] == [(2, "42601")]


def test_nothing_a_query_would_do_is_done(meet):
    rust = USE + 'fn f() { query!("SELECT wipe() FROM orders"); query!("SELECT email FROM customers") }'
    body = "BEGIN DROP TABLE customers; RETURN 1; END"
    wipe = f"CREATE FUNCTION wipe() RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$ {body} $$"
    verdict = alone(meet(rust, declared=f"{ORDERS};\n{wipe}", observed=f"{ORDERS};\n{wipe}"))
    assert verdict.subject == "SELECT wipe() FROM orders"


def test_arguments_are_counted(meet):
    rust = USE + 'fn f() { query("SELECT 1 FROM orders WHERE id = $1").bind(a).bind(b).fetch_one(p) }'
    reason = "the query has 1 parameters, and 2 arguments are bound"
    assert said(meet(rust, declared=ORDERS, observed=ORDERS)) == [("contract-argument-count", "violated", reason)]


def test_a_struct_misses_the_column_that_a_star_no_longer_brings(meet):
    rust = (
        USE
        + """
        #[derive(FromRow)] struct Order { id: i64, note: Option<String>, #[sqlx(default)] extra: String }
        fn f() { query_as::<_, Order>("SELECT * FROM orders").fetch_all(p) }"""
    )
    verdicts = meet(rust, declared=ORDERS, observed=f"{ORDERS};\nALTER TABLE orders DROP COLUMN note")
    reason = "the result lacks the column note, which Order reads"
    assert said(verdicts) == [("contract-column-missing", "violated", reason)]


def test_a_macro_misses_the_column_that_a_star_no_longer_brings(meet):
    rust = USE + 'fn f() { query!("SELECT * FROM orders").fetch_all(p) }'
    verdicts = meet(rust, declared=ORDERS, observed=f"{ORDERS};\nALTER TABLE orders DROP COLUMN note")
    reason = "the result lacks the column note, which query! reads"
    assert said(verdicts) == [("contract-column-missing", "violated", reason)]


def test_a_macro_reads_a_star_by_position(meet):
    rust = USE + 'fn f() { query!("SELECT * FROM customers").fetch_all(p) }'
    observed = ORDERS.replace(
        "id bigint PRIMARY KEY, email text NOT NULL,", "email text NOT NULL, id bigint PRIMARY KEY,"
    )
    reason = "column 1 of the result is email, and the service reads it as id"
    assert said(meet(rust, declared=ORDERS, observed=observed)) == [("contract-column-order", "violated", reason)]


def test_a_struct_reads_a_star_by_name_and_a_macro_does_not_mind_more_columns_at_the_end(meet):
    rust = (
        USE
        + """
        #[derive(FromRow)] struct Customer { id: i64, email: String }
        fn f() { query_as::<_, Customer>("SELECT * FROM customers").fetch_all(p); query!("SELECT * FROM orders") }"""
    )
    observed = ORDERS.replace(
        "id bigint PRIMARY KEY, email text NOT NULL,", "email text NOT NULL, id bigint PRIMARY KEY,"
    )
    assert meet(rust, declared=ORDERS, observed=f"{observed};\nALTER TABLE orders ADD COLUMN late text") == ()


def test_a_struct_compares_types_at_run_time(meet):
    rust = (
        USE
        + """
        #[derive(FromRow)] struct Order { id: i64, total: i32 }
        fn f() { query_as::<_, Order>("SELECT id, total FROM orders").fetch_all(p) }"""
    )
    observed = f"{ORDERS};\nALTER TABLE orders ALTER COLUMN total TYPE bigint"
    reason = "the column total is int8, and Order reads it as i32"
    assert said(meet(rust, declared=ORDERS, observed=observed)) == [("contract-type-mismatch", "violated", reason)]


def test_a_macro_decodes_a_wider_integer_until_a_value_is_too_large(meet):
    rust = USE + 'fn f() { query!("SELECT total FROM orders").fetch_all(p) }'
    observed = f"{ORDERS};\nALTER TABLE orders ALTER COLUMN total TYPE bigint"
    verdict = alone(meet(rust, declared=ORDERS, observed=observed))
    assert (verdict.rule, verdict.status) == ("contract-type-mismatch", VerdictStatus.AT_RISK)


def test_a_macro_cannot_decode_another_type(meet):
    rust = USE + 'fn f() { query!("SELECT total FROM orders").fetch_all(p) }'
    observed = f"{ORDERS};\nALTER TABLE orders ALTER COLUMN total TYPE text"
    reason = "the column total is text, and query! was compiled for int4"
    assert said(meet(rust, declared=ORDERS, observed=observed)) == [("contract-type-mismatch", "violated", reason)]


@pytest.mark.parametrize("change", ["note TYPE varchar(40)", "total TYPE smallint"])
def test_types_that_decode_alike_are_no_mismatch_for_a_macro(meet, change):
    rust = USE + 'fn f() { query!("SELECT note, total FROM orders").fetch_all(p) }'
    assert meet(rust, declared=ORDERS, observed=f"{ORDERS};\nALTER TABLE orders ALTER COLUMN {change}") == ()


def test_a_type_that_only_the_service_knows_is_unverified_when_the_column_changed(meet):
    rust = (
        USE
        + """
        struct Money(i64); #[derive(FromRow)] struct Order { total: Money }
        fn f() { query_as::<_, Order>("SELECT total FROM orders").fetch_all(p) }"""
    )
    assert meet(rust, declared=ORDERS, observed=ORDERS) == ()
    observed = f"{ORDERS};\nALTER TABLE orders ALTER COLUMN total TYPE bigint"
    assert alone(meet(rust, declared=ORDERS, observed=observed)).status is VerdictStatus.UNVERIFIED


@pytest.mark.parametrize("read_by", ["struct Money(i64);", "use crate::elsewhere::Money;"])
def test_a_type_that_hardly_decodes_both_the_declared_type_and_another_is_at_risk(meet, read_by):
    body = 'fn f() { query_as::<_, Order>("SELECT total FROM orders").fetch_all(p) }'
    rust = f"{USE}{read_by} #[derive(FromRow)] struct Order {{ total: Money }} {body}"
    observed = f"{ORDERS};\nALTER TABLE orders ALTER COLUMN total TYPE text"
    assert alone(meet(rust, declared=ORDERS, observed=observed)).status is VerdictStatus.AT_RISK


MAPPED_BY_HAND = """struct Cents(i32);
    impl Type<Postgres> for Cents { fn type_info() -> PgTypeInfo { <i32 as Type<_>>::type_info() } }"""


def test_a_type_that_is_mapped_by_hand_decodes_what_it_hands_on_to(meet):
    rust = (
        USE
        + MAPPED_BY_HAND
        + """#[derive(FromRow)] struct Order { total: Cents }
        fn f() { query_as::<_, Order>("SELECT total FROM orders").fetch_all(p) }"""
    )
    observed = f"{ORDERS};\nALTER TABLE orders ALTER COLUMN total TYPE bigint"
    assert alone(meet(rust, declared=ORDERS, observed=observed)).status is VerdictStatus.VIOLATED


@pytest.mark.parametrize(
    ("query", "change", "status"),
    [
        ("DELETE FROM orders WHERE total = $1", "ALTER COLUMN total TYPE text", VerdictStatus.AT_RISK),
        ("UPDATE orders SET total = $1", "ALTER COLUMN total TYPE bool USING true", VerdictStatus.AT_RISK),
        ("UPDATE orders SET note = $1", "ALTER COLUMN note TYPE bigint USING 1", VerdictStatus.AT_RISK),
        ("UPDATE orders SET total = $1", "ALTER COLUMN total TYPE text", None),
        ("DELETE FROM orders WHERE total = $1", "ALTER COLUMN total TYPE bigint", None),
        ("UPDATE orders SET note = $1", "ALTER COLUMN note TYPE varchar(9)", None),
    ],
)
def test_an_argument_that_is_not_in_sight_is_presumed_to_be_what_is_declared(meet, query, change, status):
    rust = f'{USE}fn f(given: Given) {{ query("{query}").bind(given.value).execute(p) }}'
    verdicts = meet(rust, declared=ORDERS, observed=f"{ORDERS};\nALTER TABLE orders {change}")
    assert [verdict.status for verdict in verdicts] == ([status] if status else [])


def test_an_alias_and_a_transparent_newtype_are_what_they_stand_for(meet):
    rust = (
        USE
        + """
        type Id = i64; #[derive(sqlx::Type)] #[sqlx(transparent)] struct Total(i32);
        #[derive(FromRow)] struct Order { id: Id, total: Total }
        fn f() { query_as::<_, Order>("SELECT id, total FROM orders").fetch_all(p) }"""
    )
    assert meet(rust, declared=ORDERS, observed=ORDERS) == ()
    observed = f"{ORDERS};\nALTER TABLE orders ALTER COLUMN total TYPE bigint"
    assert alone(meet(rust, declared=ORDERS, observed=observed)).rule == "contract-type-mismatch"


@pytest.mark.parametrize(
    "query",
    [
        'query!("SELECT id, email FROM customers").fetch_all(p)',
        'query!("SELECT c.email FROM orders o JOIN customers c ON c.id = o.customer_id").fetch_all(p)',
        'query_scalar!("SELECT email FROM (SELECT email FROM customers) x").fetch_all(p)',
        'query_scalar!(r#"SELECT email AS "email!" FROM customers"#).fetch_all(p)',
        'query!("UPDATE customers SET name = $1 WHERE id = $2 RETURNING email", a, b).fetch_one(p)',
        'query_scalar::<_, String>("SELECT email FROM customers").fetch_all(p)',
        'query!("WITH c AS (SELECT * FROM customers) SELECT email FROM c WHERE id = $1", a).fetch_one(p)',
    ],
)
def test_a_column_that_lost_its_not_null_is_read_as_never_null(meet, query):
    observed = f"{ORDERS};\nALTER TABLE customers ALTER COLUMN email DROP NOT NULL"
    verdict = alone(meet(f"{USE}fn f() {{ {query} }}", declared=ORDERS, observed=observed))
    reason = "the column email can be NULL here: customers.email is declared NOT NULL, and the service relies on it"
    assert said([verdict]) == [("contract-nullable", "at_risk", reason)]


@pytest.mark.parametrize(
    "query",
    [
        'query!("SELECT id, name FROM customers").fetch_all(p)',
        'query!(r#"SELECT email AS "email?" FROM customers"#).fetch_all(p)',
        'query!("SELECT lower(email) AS email FROM customers").fetch_all(p)',
        'query!("SELECT email FROM addresses").fetch_all(p)',
        'query_scalar::<_, Option<String>>("SELECT email FROM customers").fetch_all(p)',
        'query!("UPDATE customers SET email = $1", a).execute(p)',
    ],
)
def test_where_null_is_expected_or_not_certain_nothing_is_claimed(meet, query):
    declared = f"{ORDERS};\nCREATE VIEW addresses AS SELECT email FROM customers"
    observed = f"{declared};\nALTER TABLE customers ALTER COLUMN email DROP NOT NULL"
    assert meet(f"{USE}fn f() {{ {query} }}", declared=declared, observed=observed) == ()


ENUM = '#[derive(sqlx::Type)] #[sqlx(type_name = "status", rename_all = "lowercase")] enum Status { New, Paid }'


def test_a_label_that_rust_cannot_decode_is_found(meet):
    observed = ORDERS.replace("('new', 'paid')", "('new', 'paid', 'lost')")
    reason = "status has the label 'lost', which Status does not decode"
    assert said(meet(ENUM, declared=ORDERS, observed=observed)) == [("contract-enum-label", "at_risk", reason)]


def test_a_label_that_rust_writes_and_the_database_lacks_is_found(meet):
    observed = ORDERS.replace("('new', 'paid')", "('new')")
    verdict = alone(meet(ENUM, declared=ORDERS, observed=observed))
    assert verdict.reason == "Status is written as 'paid', a label that status lacks"
    assert (verdict.sqlstate, verdict.subject) == ("22P02", "Status")


def test_a_declared_label_that_rust_does_not_know_may_never_be_read(meet):
    declared = ORDERS.replace("('new', 'paid')", "('new', 'paid', 'lost')")
    verdict = alone(meet(ENUM, declared=declared, observed=declared))
    assert (verdict.status, verdict.declared_too) == (VerdictStatus.UNVERIFIED, True)


CHECKED = f"{ORDERS};\nALTER TABLE orders ADD CHECK (note <> 'x' OR total > 5)"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("query!(\"UPDATE orders SET note = 'x', total = 3\")", 1),
        ("query!(\"UPDATE orders SET note = 'x', total = 9\")", 0),
        ("query!(\"UPDATE orders SET note = 'x'\")", 0),
        ('query!("UPDATE orders SET note = $1, total = $2", "x", 3_i32)', 1),
        ('query!("UPDATE orders SET note = $1, total = $2", note, 3_i32)', 0),
        ('query("UPDATE orders SET note = $1, total = 3").bind("x").execute(p)', 1),
        ("query!(\"INSERT INTO orders (customer_id, note, total) VALUES (1, 'a', 1), (2, 'x', 1)\")", 1),
        ('query!("INSERT INTO orders (customer_id, total) VALUES (1, 1)")', 0),
    ],
)
def test_postgresql_evaluates_a_check_for_the_constants_of_a_statement(meet, query, found):
    verdicts = meet(f"{USE}fn f() {{ {query} }}", declared=ORDERS, observed=CHECKED)
    assert [verdict.rule for verdict in verdicts] == ["contract-check-violated"] * found


def test_a_default_counts_as_the_value_of_a_column_left_out(meet):
    rust = USE + 'fn f() { query!("INSERT INTO orders (customer_id, total) VALUES (1, 1)") }'
    observed = f"{ORDERS};\nALTER TABLE orders ADD CHECK (status = 'paid')"
    assert alone(meet(rust, declared=ORDERS, observed=observed)).rule == "contract-check-violated"


def test_a_trigger_that_may_change_the_row_silences_the_check(meet):
    rust = USE + "fn f() { query!(\"UPDATE orders SET note = 'x', total = 3\") }"
    trigger = (
        "CREATE FUNCTION mend() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.total := 9; RETURN NEW; END $$;\n"
        "CREATE TRIGGER mend BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION mend()"
    )
    assert meet(rust, declared=ORDERS, observed=f"{CHECKED};\n{trigger}") == ()


def test_an_enum_variant_is_the_label_it_is_written_as(meet):
    rust = USE + ENUM + 'fn f() { query!("UPDATE orders SET status = $1", Status::Paid as _) }'
    observed = f"{ORDERS};\nALTER TABLE orders ADD CHECK (status <> 'paid')"
    assert alone(meet(rust, declared=ORDERS, observed=observed)).rule == "contract-check-violated"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("INSERT INTO customers (id, name) VALUES ($1, $2)", 1),
        ("INSERT INTO customers (id, email) VALUES ($1, NULL)", 1),
        ("INSERT INTO customers VALUES (1)", 1),
        ("INSERT INTO customers DEFAULT VALUES", 2),
        ("INSERT INTO customers (id, name) SELECT 1, 'x'", 1),
        ("UPDATE customers SET email = NULL", 1),
        ("UPDATE customers SET name = NULL", 0),
        ("INSERT INTO orders (customer_id, total) VALUES (1, 1)", 0),
    ],
)
def test_a_statement_that_leaves_a_not_null_column_empty_is_found(meet, query, found):
    rust = f'{USE}fn f() {{ query("{query}") }}'
    observed = ORDERS.replace("name text", "name text")
    assert [verdict.rule for verdict in meet(rust, observed=observed)] == ["contract-not-null-violated"] * found


LOOKUP = 'fn f() { query!("SELECT id FROM customers WHERE lower(email) = lower($1)", e).fetch_optional(p) }'


def test_a_lookup_by_a_key_that_nothing_keeps_unique_may_meet_two_rows(meet):
    observed = f"{ORDERS};\nDROP INDEX customers_email_idx"
    reason = "fetch_optional expects one row of customers, and customers_email_idx, which ensured it, is missing"
    assert said(meet(USE + LOOKUP, declared=ORDERS, observed=observed)) == [("contract-cardinality", "at_risk", reason)]


@pytest.mark.parametrize(
    "query",
    [
        LOOKUP.replace("fetch_optional", "fetch_all"),
        LOOKUP.replace("lower($1)", "lower($1) LIMIT 1"),
        LOOKUP.replace("SELECT id", "SELECT count(*)"),
        LOOKUP.replace("WHERE ", "WHERE id = 5 AND "),
        LOOKUP.replace("WHERE ", "WHERE name = 'x' OR "),
    ],
)
def test_a_lookup_that_does_not_rest_on_the_key_is_left_alone(meet, query):
    observed = f"{ORDERS};\nDROP INDEX customers_email_idx"
    assert meet(USE + query, declared=ORDERS, observed=observed) == ()


def test_a_unique_index_on_a_foreign_key_makes_one_to_many_one_to_one(meet):
    rust = USE + 'fn f() { query!("INSERT INTO orders (customer_id, total) VALUES ($1, $2)", a, b) }'
    observed = f"{ORDERS};\nCREATE UNIQUE INDEX once ON orders (customer_id)"
    reason = "once, which nobody declared, allows one row of orders for each customer_id"
    assert said(meet(rust, declared=ORDERS, observed=observed)) == [("contract-cardinality", "at_risk", reason)]


SECURED = (
    f"{ORDERS};\nALTER TABLE orders ENABLE ROW LEVEL SECURITY;\n"
    "CREATE POLICY own ON orders AS RESTRICTIVE USING (customer_id = 7)"
)


@pytest.mark.parametrize(
    ("drift", "reason"),
    [
        (
            "ALTER TABLE orders DISABLE ROW LEVEL SECURITY",
            "row-level security of orders is declared and switched off here: the query sees every tenant's rows",
        ),
        ("DROP POLICY own ON orders", "the restrictive policy own of orders is missing here"),
        (
            "CREATE POLICY wide ON orders USING (true)",
            "the policy wide of orders, which nobody declared, lets more rows through",
        ),
    ],
)
def test_row_level_security_that_is_weaker_than_declared_is_found(meet, drift, reason):
    rust = USE + 'fn f() { query!("SELECT o.id FROM orders o").fetch_all(p) }'
    verdicts = meet(rust, declared=SECURED, observed=f"{SECURED};\n{drift}")
    assert said(verdicts) == [("contract-tenant-isolation", "violated", reason)]


def test_a_query_made_at_run_time_is_unverified_everywhere(meet):
    rust = USE + 'fn f() { query(&format!("SELECT {x}")).fetch_all(p) }'
    verdict = alone(meet(rust, declared=ORDERS, observed=ORDERS))
    assert (verdict.rule, verdict.status, verdict.declared_too) == (
        "contract-query-dynamic",
        VerdictStatus.UNVERIFIED,
        True,
    )


HOSTILE = """we"ird'; DROP TABLE x; --\\$$"""


def test_names_of_the_tenants_making_are_only_ever_data(meet):
    table = '"' + HOSTILE.replace('"', '""') + '"'
    label = "'" + HOSTILE.replace("'", "''") + "'"
    declared = f"CREATE TYPE kind AS ENUM ('a');\nCREATE TABLE {table} ({table} text NOT NULL, kind kind NOT NULL)"
    observed = (
        f"CREATE TYPE kind AS ENUM ('a', {label});\n"
        f"CREATE TABLE {table} ({table} text, kind kind NOT NULL CONSTRAINT {table} CHECK ({table} <> {label}))"
    )
    sql = f"UPDATE {table} SET {table} = $1 RETURNING {table}".replace("\\", "\\\\").replace('"', '\\"')
    constant = HOSTILE.replace("\\", "\\\\").replace('"', '\\"')
    rust = f"""{USE}
        #[derive(sqlx::Type)] #[sqlx(type_name = "kind", rename_all = "lowercase")] enum Kind {{ A }}
        fn f() {{ query_scalar!("{sql}", "{constant}").fetch_one(p) }}"""
    verdicts = meet(rust, declared=declared, observed=observed)
    assert [verdict.rule for verdict in verdicts] == [
        "contract-check-violated",
        "contract-enum-label",
        "contract-nullable",
    ]


def test_a_service_of_namespaces_sees_the_tenants_own_first(meet):
    declared = (
        'CREATE SCHEMA "{tenant}";\nCREATE TABLE "{tenant}".jobs (id int NOT NULL);\nCREATE TABLE jobs (other int)'
    )
    rust = USE + 'fn f() { query!("SELECT id FROM jobs").fetch_all(p) }'
    assert meet(rust, declared=declared, observed=declared) == ()
    observed = f'{declared};\nALTER TABLE "{{tenant}}".jobs RENAME id TO key'
    assert alone(meet(rust, declared=declared, observed=observed)).sqlstate == "42703"


def test_the_session_is_left_as_it_was(contract_server):
    async def settings() -> tuple[list, list]:
        async with ScratchServer(contract_server.dsn()).database() as copy:
            await copy.run(["CREATE TABLE t (i int)"])
            snapshot = await copy.read(Profile())
            read = "SELECT name, setting FROM pg_settings WHERE name !~ '_(size|time)$' ORDER BY name"
            before = await copy.connection.fetch(read)
            contract = extract_contract("s", [("a.rs", b'fn f() { sqlx::query!("SELECT i FROM t"); }')])
            assert await check_contract(copy, contract, snapshot) == ()
            await copy.run(["CREATE TABLE u (i int)"])
            return before, await copy.connection.fetch(read)

    before, after = asyncio.run(settings())
    assert before == after


def test_a_conflict_that_nothing_notices_any_more_is_a_risk(meet):
    rust = (
        'fn f() { query("INSERT INTO customers (id, email) VALUES (1, $1) ON CONFLICT DO NOTHING").bind(m).execute(p) }'
    )
    (verdict,) = meet(USE + rust, declared=ORDERS, observed=f"{ORDERS};\nDROP INDEX customers_email_idx")
    reason = "nothing is left of customers_email_idx of customers: ON CONFLICT stores the rows it should leave out"
    assert said([verdict]) == [("contract-conflict-target", "at_risk", reason)]


@pytest.mark.parametrize(
    ("sql", "status"),
    [
        ("SELECT id FROM jobs", "at_risk"),
        ("DELETE FROM jobs", "at_risk"),
        ("INSERT INTO jobs (id) VALUES (1)", "at_risk"),
    ],
)
def test_row_security_that_nobody_declared_hides_rows(meet, sql, status):
    declared = "CREATE TABLE jobs (id int)"
    rust = USE + f'fn f() {{ query("{sql}").execute(p) }}'
    verdict = alone(meet(rust, declared=declared, observed=f"{declared};\nALTER TABLE jobs ENABLE ROW LEVEL SECURITY"))
    assert (verdict.rule, verdict.status.value) == ("contract-row-security", "at_risk")


def test_a_policy_for_another_role_shows_the_service_nothing(meet):
    declared = "CREATE TABLE jobs (id int);\nALTER TABLE jobs ENABLE ROW LEVEL SECURITY;\nCREATE POLICY rows ON jobs"
    contract = msgspec.structs.replace(
        extract_contract("shop", [("a.rs", (USE + 'fn f() { query("SELECT id FROM jobs").execute(p) }').encode())]),
        role="shop_app",
    )
    verdicts = meet(contract, declared=f"{declared} USING (true)", observed=f"{declared} TO shop_admin USING (true)")
    assert "contract-row-security" in [verdict.rule for verdict in verdicts if not verdict.declared_too]


def test_a_null_literal_is_read_into_any_option(meet):
    rust = USE + "#[derive(FromRow)] struct Row { id: i64, starred: Option<bool> }\n"
    rust += 'fn f() { query_as::<_, Row>("SELECT id, NULL AS starred FROM orders").fetch_all(p) }'
    assert meet(rust, declared=ORDERS, observed=ORDERS) == ()


def test_before_sqlx_0_8_a_macro_took_the_bytes_of_an_integer_whatever_its_width(meet):
    rust = (USE + 'fn f() { query!("SELECT total FROM orders").fetch_all(p) }').encode()
    manifest = b'[dependencies]\nsqlx = "0.7"\n'
    contract = extract_contract("shop", [("src/lib.rs", rust), ("Cargo.toml", manifest)])
    observed = f"{ORDERS};\nALTER TABLE orders ALTER COLUMN total TYPE bigint"
    assert alone(meet(contract, declared=ORDERS, observed=observed)).status is VerdictStatus.VIOLATED


GET = """fn f() { let rows = query("SELECT * FROM orders").fetch_all(p); let other = map.get("nothing");
    for row in rows { let total = row.get::<i32, _>("total"); let note: Option<String> = row.try_get("note")?; } }"""
BY_HAND = """struct Order; impl<'r> FromRow<'r, PgRow> for Order {
    fn from_row(row: &'r PgRow) -> R<Self> { let total: i32 = row.try_get("total")?;
        row.try_get::<Option<String>, _>("note") } }
    fn f() { query_as::<_, Order>("SELECT * FROM orders").fetch_all(p) }"""


@pytest.mark.parametrize("rust", [GET, BY_HAND], ids=["beside a query", "in an impl"])
@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ("ALTER TABLE orders ALTER COLUMN total TYPE bigint", "contract-type-mismatch"),
        ("ALTER TABLE orders DROP COLUMN note", "contract-column-missing"),
        ("ALTER TABLE orders ALTER COLUMN total DROP NOT NULL", "contract-nullable"),
        ("ALTER TABLE orders ADD COLUMN more text", None),
    ],
)
def test_what_is_read_from_a_row_by_hand_is_judged_like_a_field(meet, rust, change, rule):
    verdicts = meet(USE + rust, declared=ORDERS, observed=f"{ORDERS};\n{change}")
    assert [verdict.rule for verdict in verdicts] == ([rule] if rule else [])


CLIENT = """use tokio_postgres::Client;
#[derive(ToSql, FromSql)] #[postgres(name = "price")] pub struct Price { pub currency: String, pub cents: i64 }
async fn f(c: &Client, total: i32) { c.execute("DELETE FROM orders WHERE total = $1", &[&total]).await; }
"""
PRICED = f"{ORDERS};\nCREATE TYPE price AS (currency text, cents bigint)"


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ("ALTER TABLE orders ALTER total TYPE bigint", "contract-parameter-type"),
        ("ALTER TYPE price DROP ATTRIBUTE cents", "contract-composite-type"),
        ("DROP TYPE price", "contract-composite-type"),
    ],
)
def test_a_client_sends_a_value_only_as_a_type_that_its_rust_type_maps(meet, change, rule):
    assert alone(meet(CLIENT, declared=PRICED, observed=f"{PRICED};\n{change}")).rule == rule
    assert meet(CLIENT, declared=PRICED, observed=f"{PRICED};\nALTER TABLE orders ADD extra text") == ()


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ("(id, email) VALUES (1, $1) RETURNING email", None),
        ("(id, email) VALUES (1, 'a') ON CONFLICT DO NOTHING RETURNING email", None),
        ("(id, email) VALUES (1, $2) RETURNING email", VerdictStatus.AT_RISK),
        ("(id, email) VALUES (1, lower($1)) RETURNING email", VerdictStatus.AT_RISK),
        (
            "(id, email) VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET name = 'b' RETURNING email",
            VerdictStatus.AT_RISK,
        ),
    ],
)
def test_what_an_insert_fills_and_gives_back_is_not_null(meet, values, status):
    sql = f"INSERT INTO customers {values}, $1::text, $2::text"
    rust = f"""{USE}fn f(one: &str, two: Option<String>) {{
        query_as::<_, (String, String, Option<String>)>("{sql}").bind(one).bind(two).fetch_one(p) }}"""
    observed = f"{ORDERS};\nALTER TABLE customers ALTER COLUMN email DROP NOT NULL"
    verdicts = meet(rust, declared=ORDERS, observed=observed)
    assert [verdict.status for verdict in verdicts] == ([status] if status else [])


def test_a_setting_is_stood_in_for_wherever_its_name_stands(meet):
    declared = f"""{ORDERS};
    CREATE FUNCTION own_id() RETURNS int LANGUAGE sql AS $$ SELECT current_setting(
        'app.user_id', false
    )::integer $$"""
    rust = USE + 'fn f() { query("SELECT note FROM orders WHERE id = own_id()").fetch_all(p) }'
    assert meet(rust, declared=declared, observed=declared) == ()
    verdict = alone(meet(rust, declared=declared, observed=f"{declared};\nALTER TABLE orders DROP COLUMN note"))
    assert (verdict.status, verdict.sqlstate) == (VerdictStatus.VIOLATED, "42703")
