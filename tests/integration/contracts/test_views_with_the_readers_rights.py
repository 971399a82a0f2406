"""A view that is declared with security_invoker shows other rows once it is not."""

from __future__ import annotations

import pytest

DECLARED = """CREATE TABLE ticket (id bigint PRIMARY KEY, tenant text NOT NULL);
CREATE VIEW open_ticket WITH (security_invoker = on) AS SELECT id FROM ticket;
CREATE VIEW all_tickets AS SELECT id FROM ticket
"""
RUST = """async fn f(db: &PgPool) {
    sqlx::query!("SELECT id FROM open_ticket").fetch_all(db).await;
    sqlx::query!("SELECT id FROM all_tickets").fetch_all(db).await;
}"""


@pytest.mark.parametrize(
    "drift",
    ["ALTER VIEW open_ticket RESET (security_invoker)", "ALTER VIEW open_ticket SET (security_invoker = false)"],
)
def test_a_view_that_is_read_with_its_owners_rights_is_reported_once(meet, drift):
    [verdict] = meet(RUST, declared=DECLARED, observed=f"{DECLARED};\n{drift}")
    assert (verdict.rule, verdict.status, verdict.line) == ("contract-tenant-isolation", "violated", 2)


def test_a_view_that_is_read_with_the_readers_rights_as_declared_is_not(meet):
    assert meet(RUST, declared=DECLARED, observed=f"{DECLARED};\nALTER VIEW all_tickets RESET (security_barrier)") == ()
