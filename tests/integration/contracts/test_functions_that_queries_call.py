"""Row-level security reaches a query through the bodies of the functions that it calls."""

from __future__ import annotations

import pytest

from tests.integration.contracts.drifts import UNTOUCHED, service

DECLARED = """CREATE TABLE item (id bigint PRIMARY KEY, amount bigint NOT NULL);
CREATE TABLE gone (id bigint);
CREATE FUNCTION total() RETURNS bigint LANGUAGE sql STABLE AS $$ SELECT sum(amount)::bigint FROM item $$;
CREATE FUNCTION of_totals() RETURNS bigint LANGUAGE sql STABLE AS $$ SELECT total() + 1 $$;
CREATE FUNCTION standard() RETURNS bigint LANGUAGE sql STABLE RETURN (SELECT count(*) FROM item);
CREATE FUNCTION atomic() RETURNS bigint LANGUAGE sql STABLE BEGIN ATOMIC SELECT count(*) FROM item; END;
CREATE FUNCTION block(lowest bigint) RETURNS boolean LANGUAGE plpgsql AS $$ DECLARE many bigint := (SELECT count(*)
 FROM item); BEGIN IF many > lowest THEN RETURN true; END IF; RETURN false; END $$;
CREATE FUNCTION writes() RETURNS void LANGUAGE plpgsql AS $$ BEGIN INSERT INTO item VALUES (1, 2); END $$;
CREATE FUNCTION as_owner() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS $$ SELECT count(*) FROM item $$;
CREATE FUNCTION at_run_time() RETURNS void LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'TABLE item'; END $$;
CREATE FUNCTION elsewhere() RETURNS bigint LANGUAGE sql AS $$ SELECT count(*) FROM gone $$
"""
SWITCHED_ON = "ALTER TABLE item ENABLE ROW LEVEL SECURITY"


def judged(meet, sql, change, declared=DECLARED):
    contract = service(lib=f'use sqlx::query;\nfn f() {{ query(r#"{sql}"#).execute(p) }}')
    twin = meet(contract, declared=declared, observed=f"{declared};\n{UNTOUCHED}")
    assert [verdict for verdict in twin if not verdict.declared_too] == []
    return [v for v in meet(contract, declared=declared, observed=f"{declared};\n{change}") if not v.declared_too]


@pytest.mark.parametrize(
    ("sql", "function"),
    [
        ("SELECT total()", "total"),
        ("SELECT of_totals()", "of_totals"),
        ("SELECT standard()", "standard"),
        ("SELECT atomic()", "atomic"),
        ("SELECT block(1)", "block"),
        ("SELECT writes()", "writes"),
        ("SELECT id FROM gone WHERE id = total()", "total"),
    ],
)
def test_a_function_that_reads_a_table_with_row_security_is_named(meet, sql, function):
    [verdict] = judged(meet, sql, SWITCHED_ON)
    assert (verdict.rule, verdict.status) == ("contract-row-security", "at_risk")
    assert verdict.reason.endswith(f"; the query uses it through {function}()")


def test_a_policy_that_is_lost_is_seen_through_a_function(meet):
    declared = f"{DECLARED};\n{SWITCHED_ON};\nCREATE POLICY mine ON item USING (amount > 0)"
    [verdict] = judged(meet, "SELECT total()", "DROP POLICY mine ON item", declared)
    assert (verdict.rule, verdict.status) == ("contract-row-security", "at_risk")


@pytest.mark.parametrize("function", ["as_owner", "at_run_time", "elsewhere", "total_of_another"])
def test_nothing_is_said_of_what_a_function_is_not_seen_to_do(meet, function):
    declared = f"{DECLARED};\nCREATE FUNCTION total_of_another() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$"
    assert judged(meet, f"SELECT {function}()", SWITCHED_ON, declared) == []


def test_truncate_asks_no_policy(meet):
    assert judged(meet, "TRUNCATE item", SWITCHED_ON) == []
