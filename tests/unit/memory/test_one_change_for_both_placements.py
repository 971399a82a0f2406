"""An index that tenants with a database and tenants with a namespace of their own lack is one change."""

from __future__ import annotations

import msgspec

from coordinator.memory.remember import as_with_a_database
from shared.diff.changes import Missing
from shared.schema.relations import Index

INDEX = Index(
    namespace="public",
    name="orders_by_customer",
    table="orders",
    columns=("customer",),
    definition="CREATE INDEX orders_by_customer ON public.orders USING btree (customer)",
)
OF_A_NAMESPACE = msgspec.structs.replace(
    INDEX,
    namespace="{tenant}",
    definition='CREATE INDEX orders_by_customer ON "{tenant}".orders USING btree (customer)',
)


def test_what_a_namespace_lacks_is_what_a_database_lacks():
    assert as_with_a_database(Missing(OF_A_NAMESPACE)) == Missing(INDEX)


def test_what_names_no_namespace_of_a_tenant_stays_as_it_is():
    assert as_with_a_database(Missing(INDEX)) == Missing(INDEX)
