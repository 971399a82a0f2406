"""A join that gives one row by the keys of all its tables gives several once one of them is lost."""

from __future__ import annotations

import pytest

from tests.integration.contracts.drifts import news, service

DECLARED = """
CREATE TABLE buyer (id bigint PRIMARY KEY, name text NOT NULL);
CREATE TABLE sale (id bigint PRIMARY KEY, buyer_id bigint NOT NULL, code text NOT NULL UNIQUE, memo text);
CREATE TABLE line (sale_id bigint NOT NULL, position int NOT NULL, PRIMARY KEY (sale_id, position));
CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER stamped BEFORE INSERT OR UPDATE ON sale FOR EACH ROW EXECUTE FUNCTION stamp()
"""
BY_KEYS = "SELECT s.id, b.name FROM sale s JOIN buyer b ON b.id = s.buyer_id WHERE s.id = $1"
LOST = [("at_risk", "cardinality", "", "src/lib.rs")]


def asked(sql, fetch="fetch_one"):
    return service(lib=f'use sqlx::query;\nfn f() {{ query("{sql}").bind(1i64).{fetch}(p) }}')


@pytest.mark.parametrize(
    ("sql", "lost"),
    [
        (BY_KEYS, "ALTER TABLE buyer DROP CONSTRAINT buyer_pkey"),
        (BY_KEYS, "ALTER TABLE sale DROP CONSTRAINT sale_pkey"),
        (
            "SELECT name FROM sale LEFT JOIN buyer ON buyer.id = buyer_id WHERE code = 'x' AND sale.id > $1",
            "ALTER TABLE sale DROP CONSTRAINT sale_code_key",
        ),
        (
            "SELECT l.position FROM line l, sale s WHERE l.sale_id = s.id AND l.position = 1 AND s.id = $1",
            "ALTER TABLE line DROP CONSTRAINT line_pkey",
        ),
    ],
)
def test_a_lost_key_of_any_joined_table_is_a_risk(meet, sql, lost):
    assert news(meet, asked(sql), DECLARED, lost) == LOST


@pytest.mark.parametrize(
    ("sql", "fetch", "lost"),
    [
        (BY_KEYS, "fetch_all", "ALTER TABLE buyer DROP CONSTRAINT buyer_pkey"),
        (BY_KEYS, "fetch_one", "ALTER TABLE sale DROP CONSTRAINT sale_code_key"),
        (f"{BY_KEYS} LIMIT 1", "fetch_one", "ALTER TABLE buyer DROP CONSTRAINT buyer_pkey"),
        (
            "SELECT s.id FROM sale s JOIN line l ON l.sale_id = s.id WHERE s.id = $1",
            "fetch_one", "ALTER TABLE line DROP CONSTRAINT line_pkey",
        ),
    ],
)  # fmt: skip
def test_nothing_is_said_of_keys_that_do_not_make_it_one_row(meet, sql, fetch, lost):
    assert news(meet, asked(sql, fetch), DECLARED, lost) == []


def test_null_into_a_column_that_must_not_be_null_is_a_risk_where_a_trigger_may_fill_it(meet):
    contract = asked("UPDATE sale SET memo = NULL WHERE id = $1", "execute")
    assert news(meet, contract, DECLARED, "ALTER TABLE sale ALTER memo SET NOT NULL") == [
        ("at_risk", "not-null-violated", "23502", "src/lib.rs")
    ]
