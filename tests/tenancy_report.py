"""A report on a fleet whose tenants share tables: one fault of the declaration, and one tenant that is open."""

from __future__ import annotations

from coordinator.report.assemble import assemble_body
from coordinator.report.judged import Judged, TenantOutcome
from coordinator.report.model import ScanReport
from coordinator.report.tenancy import Accepted, TenancyAccount
from shared.schema.model import SchemaObject
from shared.schema.relations import Column, Constraint, Policy, Table
from shared.schema.schema import Origin
from shared.schema.tenancy import Tenancy
from tests.reports import TODAY, analysis_of, around, snapshot_of, spec_of

TABLE = Table(namespace="public", name="orders", row_security=True, force_row_security=True)
KEY = Constraint(
    namespace="public",
    parent="orders",
    name="orders_pkey",
    type="primary_key",
    definition="PRIMARY KEY (id)",
    columns=("id",),
)
ASKS = "(tenant_id = (current_setting('app.tenant_id'::text))::uuid)"
DECLARED: tuple[SchemaObject, ...] = (
    TABLE,
    Column(namespace="public", parent="orders", name="id", type="bigint", not_null=True),
    Column(namespace="public", parent="orders", name="tenant_id", type="uuid", not_null=True),
    KEY,
    Policy(namespace="public", parent="orders", name="own_rows", using=ASKS, with_check=ASKS),
)
OPEN = Policy(namespace="public", parent="orders", name="all_rows", command="select", using="true")
TENANCY = Tenancy(column="tenant_id", setting="app.tenant_id")


def tenants_that_share_tables() -> ScanReport:
    """Assemble the report, with a baseline of which one entry applies no more."""
    spec = spec_of(
        DECLARED, {TABLE.identity: Origin("sql/001_orders.sql", 1), KEY.identity: Origin("sql/001_orders.sql", 4)}
    )
    shapes = {"good": DECLARED, "open": (*DECLARED, OPEN)}
    judged = Judged(
        spec=spec,
        analyses={name: analysis_of(name, spec, objects) for name, objects in shapes.items()},
        snapshots={name: snapshot_of(objects) for name, objects in shapes.items()},
    )
    outcomes = [TenantOutcome(tenant=f"tenant-{name}", fingerprint=name) for name in shapes]
    baseline = [Accepted("tenancy-column-missing", "error: table public.gone")]
    return around(
        assemble_body(
            fleet="demo",
            declared=[judged],
            outcomes=outcomes,
            tenancy=TenancyAccount(TENANCY, baseline),
            today=TODAY,
        )
    )
