"""For every rule the change it is about, as small as it can be."""

from __future__ import annotations

from shared.diff.changes import Altered, Change, Missing, Unexpected, Unverified
from shared.schema.database import Extension, Namespace, Publication
from shared.schema.facets import Comment, Grant, Owner, Privileges
from shared.schema.identity import QualifiedName
from shared.schema.model import SchemaObject
from shared.schema.relations import (
    Column,
    Constraint,
    Index,
    Policy,
    Sequence,
    StatisticsObject,
    Table,
    Trigger,
    View,
)
from shared.schema.routines import Routine
from shared.schema.types import DomainType, EnumType
from tests.objects import minimal

ORDERS = QualifiedName("public", "orders")
TABLE = Table(namespace="public", name="orders")
PARTITION = Table(
    namespace="public",
    name="orders_2026",
    partition_of=ORDERS,
    partition_bound="FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')",
)
COLUMN = Column(namespace="public", parent="orders", name="total", type="bigint")
KEY = Constraint(
    namespace="public", parent="orders", name="orders_pkey", type="primary_key", definition="PRIMARY KEY (id)"
)
FOREIGN = Constraint(
    namespace="public",
    parent="orders",
    name="orders_customer_fkey",
    type="foreign_key",
    definition="FOREIGN KEY (customer_id) REFERENCES public.customers(id)",
)
CHECK = Constraint(
    namespace="public", parent="orders", name="total_positive", type="check", definition="CHECK ((total > 0))"
)
INDEX = Index(
    namespace="public",
    name="orders_by_day",
    table="orders",
    definition="CREATE INDEX orders_by_day ON public.orders USING btree (created_at)",
    columns=("created_at",),
)
TRIGGER = Trigger(
    namespace="public",
    parent="orders",
    name="audit",
    definition="CREATE TRIGGER audit AFTER INSERT ON public.orders FOR EACH ROW EXECUTE FUNCTION public.audit()",
)
POLICY = Policy(namespace="public", parent="orders", name="own_rows", using="(tenant = CURRENT_USER)")
VIEW = View(namespace="public", name="open_orders", definition=" SELECT id FROM public.orders;", columns=("id bigint",))
ROUTINE = Routine(
    namespace="public",
    name="vat",
    signature="bigint",
    definition="CREATE OR REPLACE FUNCTION public.vat(bigint) RETURNS bigint AS $function$SELECT $1 * 19$function$",
    result="bigint",
)
STATUS = EnumType(namespace="public", name="status", labels=("new", "paid"))
STATISTICS = StatisticsObject(namespace="public", name="orders_stats", definition="CREATE STATISTICS …", table=ORDERS)


def altered(desired: SchemaObject, **observed: object) -> Altered:
    fields = {name: getattr(desired, name) for name in desired.__struct_fields__}
    return Altered(desired, type(desired)(**{**fields, **observed}), tuple(sorted(observed)))


CHANGES: dict[str, Change] = {
    "missing-table": Missing(TABLE),
    "missing-column": Missing(COLUMN),
    "missing-primary-key": Missing(KEY),
    "missing-foreign-key": Missing(FOREIGN),
    "missing-index": Missing(INDEX),
    "missing-constraint": Missing(CHECK),
    "missing-partition": Missing(PARTITION),
    "missing-view": Missing(VIEW),
    "missing-routine": Missing(ROUTINE),
    "missing-trigger": Missing(TRIGGER),
    "missing-policy": Missing(POLICY),
    "missing-sequence": Missing(Sequence(namespace="public", name="invoice_numbers")),
    "missing-type": Missing(STATUS),
    "missing-extension": Missing(Extension(name="pg_trgm", version="1.6")),
    "missing-namespace": Missing(Namespace(name="billing")),
    "missing-object": Missing(STATISTICS),
    "unexpected-table": Unexpected(TABLE),
    "unexpected-partition": Unexpected(PARTITION),
    "unexpected-column": Unexpected(COLUMN),
    "unexpected-index": Unexpected(INDEX),
    "orphaned-constraint": Unexpected(CHECK),
    "unexpected-view": Unexpected(VIEW),
    "unexpected-routine": Unexpected(ROUTINE),
    "unexpected-trigger": Unexpected(TRIGGER),
    "unexpected-policy": Unexpected(POLICY),
    "unexpected-object": Unexpected(STATISTICS),
    "altered-column-type": altered(COLUMN, type="integer"),
    "altered-column-nullability": altered(COLUMN, not_null=True),
    "altered-column-default": altered(COLUMN, default="0"),
    "altered-column-identity": altered(COLUMN, identity_mode="always"),
    "altered-column-collation": altered(COLUMN, collation=QualifiedName("pg_catalog", "C")),
    "altered-column-storage": altered(COLUMN, storage="external", statistics_target=500),
    "altered-constraint": altered(CHECK, definition="CHECK ((total >= 0))"),
    "unvalidated-constraint": altered(CHECK, definition="CHECK ((total > 0)) NOT VALID", validated=False),
    "altered-index": altered(
        INDEX,
        columns=("id",),
        definition="CREATE INDEX orders_by_day ON public.orders USING btree (id)",
    ),
    "invalid-index": altered(INDEX, valid=False),
    "altered-trigger": altered(
        TRIGGER,
        definition="CREATE TRIGGER audit BEFORE INSERT ON public.orders FOR EACH ROW EXECUTE FUNCTION public.audit()",
    ),
    "disabled-trigger": altered(TRIGGER, enabled="disabled"),
    "altered-policy": altered(POLICY, using="true"),
    "rls-disabled": Altered(
        Table(namespace="public", name="orders", row_security=True, force_row_security=True),
        TABLE,
        ("force_row_security", "row_security"),
    ),
    "rls-unexpected": altered(TABLE, row_security=True),
    "unlogged-table": altered(TABLE, persistence="unlogged"),
    "altered-partitioning": altered(PARTITION, partition_bound="FOR VALUES FROM ('2026-01-01') TO ('2026-07-01')"),
    "altered-table": altered(TABLE, options=("autovacuum_enabled=false", "fillfactor=70")),
    "altered-type": altered(
        DomainType(namespace="public", name="email", base_type="text"), base_type="character varying(99)"
    ),
    "enum-labels": altered(STATUS, labels=("new",)),
    "altered-view": altered(VIEW, definition=" SELECT id FROM public.orders WHERE NOT paid;"),
    "altered-routine": altered(
        ROUTINE,
        definition="CREATE OR REPLACE FUNCTION public.vat(bigint) RETURNS bigint AS $function$SELECT $1 * 7$function$",
    ),
    "altered-sequence": altered(Sequence(namespace="public", name="invoice_numbers"), cache=32, maximum=2147483647),
    "altered-extension": altered(Extension(name="pg_trgm", version="1.6"), version="1.5"),
    "altered-object": altered(STATISTICS, target=1000),
    "owner-drift": altered(Owner(of="table", namespace="public", name="orders", role="{owner}"), role="postgres"),
    "privilege-drift": Unexpected(
        Privileges(
            of="table", namespace="public", name="orders", grants=(Grant(grantee="public", privileges=("select",)),)
        )
    ),
    "comment-drift": altered(Comment(of="table", namespace="public", name="orders", text="Orders"), text="All orders"),
    "setting-drift": Unexpected(minimal("database_setting", "work_mem", value="64MB")),
    "replication-drift": altered(Publication(name="cdc", tables=("TABLE ONLY public.orders",)), tables=()),
    "unverified": Unverified(INDEX.identity, 'the scratch server has no extension "pg_trgm"'),
}
