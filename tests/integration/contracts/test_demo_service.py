"""The demo's service keeps its contract with the declared schema, and breaks it on two drifted tenants."""

from __future__ import annotations

from pathlib import Path

import pytest

from coordinator.iac.load import load_source
from shared.contracts.contract import VerdictStatus
from shared.contracts.extract import extract_contract

FLEET = Path(__file__).parents[3] / "coordinator/demo/fleet"
DECLARED = ";\n".join(declaration.sql for declaration in load_source(FLEET / "infra").declarations)


@pytest.fixture(scope="module")
def service():
    root = FLEET / "service"
    files = [(path.relative_to(root).as_posix(), path.read_bytes()) for path in sorted(root.rglob("*.*"))]
    return extract_contract("orders", files)


def test_the_declared_schema_breaks_no_query(meet, service):
    assert meet(service, declared=DECLARED, observed=DECLARED) == ()


def test_an_upsert_without_its_unique_index_is_refused_when_planned(meet, service):
    drift = "DROP INDEX customers_email_lower_idx;\nDROP INDEX orders_customer_created_idx"
    (verdict,) = meet(service, declared=DECLARED, observed=f"{DECLARED};\n{drift}")
    assert verdict.status is VerdictStatus.VIOLATED
    assert (verdict.file, verdict.line, verdict.rule) == ("src/customers.rs", 16, "contract-query-invalid")
    assert verdict.sqlstate == "42P10"
    said = "there is no unique or exclusion constraint matching the ON CONFLICT specification"
    assert verdict.reason == f"PostgreSQL refuses the query: {said}"
    assert not verdict.declared_too


def test_a_refund_always_violates_the_orphaned_check(meet, service):
    drift = "ALTER TABLE orders ADD CONSTRAINT orders_status_legacy_check CHECK (status IN ('new', 'paid'))"
    (verdict,) = meet(service, declared=DECLARED, observed=f"{DECLARED};\n{drift}")
    assert verdict.status is VerdictStatus.VIOLATED
    assert (verdict.file, verdict.line, verdict.rule) == ("src/orders.rs", 63, "contract-check-violated")
    assert verdict.sqlstate == "23514"
    assert verdict.reason.startswith(
        "status = 'refunded' always violates the CHECK constraint orders_status_legacy_check of orders, which nobody "
        "declared: CHECK"
    )


def test_the_same_verdicts_come_without_a_declared_schema(meet, service):
    drift = "DROP INDEX customers_email_lower_idx"
    rules = [verdict.rule for verdict in meet(service, observed=f"{DECLARED};\n{drift}")]
    assert rules == ["contract-query-invalid"]


@pytest.mark.parametrize(
    ("drift", "rule", "line"),
    [
        ("ALTER TABLE subscriptions RENAME COLUMN renews_at TO renewal_at", "contract-query-invalid", 28),
        ("ALTER TYPE plan RENAME VALUE 'team' TO 'crew'", "contract-enum-label", 10),
    ],
)
def test_the_nightly_job_by_tokio_postgres_is_judged_like_the_rest(meet, service, drift, rule, line):
    assert {driver.name for driver in service.drivers} == {"sqlx", "tokio-postgres"}
    verdicts = meet(service, declared=DECLARED, observed=f"{DECLARED};\n{drift}")
    assert (rule, "src/renewals.rs", line) in [(verdict.rule, verdict.file, verdict.line) for verdict in verdicts]
