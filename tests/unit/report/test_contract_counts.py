"""How many queries of a service hold, break or could not be read."""

from __future__ import annotations

import msgspec

from coordinator.report.contract_counts import count_queries
from coordinator.report.model import QueryCount
from shared.contracts.contract import Contract, Query, Unread
from tests.reports import ON_CONFLICT, REFUND, demo


def query(verdict, driver: str = "sqlx") -> Query:
    return Query(file=verdict.file, line=verdict.line, macro="query!", sql=verdict.subject, driver=driver)


def test_queries_are_counted_by_the_worst_that_any_tenant_makes_of_them():
    elsewhere = msgspec.structs.replace(REFUND, file="src/other.rs")
    orders = Contract(
        service="orders",
        queries=(query(ON_CONFLICT), query(REFUND, "tokio-postgres"), query(elsewhere)),
        unread=(
            Unread(file="src/dynamic.rs", line=3, reason="it is built at run time", driver="sqlx", macro="query"),
            Unread(file="src/bad.rs", line=1, reason="no"),
        ),
    )
    assert count_queries([orders], demo().body) == tuple(
        QueryCount(service="orders", driver=driver, result=result, queries=1)
        for driver, result in (
            ("sqlx", "holds"),
            ("sqlx", "unread"),
            ("sqlx", "violated"),
            ("tokio-postgres", "violated"),
        )
    )


def test_a_service_without_queries_counts_nothing():
    assert count_queries([Contract(service="empty")], demo().body) == ()
