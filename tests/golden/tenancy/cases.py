"""A schema that keeps its tenants apart, and for every tenancy rule the change that the rule is about."""

from __future__ import annotations

from shared.findings.tenancy.case import UnconfinedRole
from shared.schema.tenancy import Tenancy

TENANCY = Tenancy(column="tenant_id", setting="app.tenant_id", exclude=("countries",))

IN_ORDER = """
CREATE TABLE countries (code text PRIMARY KEY);
CREATE FUNCTION current_tenant() RETURNS uuid LANGUAGE sql STABLE
  AS $$ SELECT current_setting('app.tenant_id')::uuid $$;
CREATE FUNCTION is_support() RETURNS boolean LANGUAGE sql STABLE AS $$ SELECT false $$;
CREATE TABLE customers (
  tenant_id uuid NOT NULL, id bigint, email text NOT NULL, country text REFERENCES countries,
  PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, email)
);
CREATE TABLE orders (
  tenant_id uuid NOT NULL, id bigint, customer_id bigint NOT NULL, number text NOT NULL,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT orders_customer FOREIGN KEY (tenant_id, customer_id) REFERENCES customers (tenant_id, id)
);
CREATE UNIQUE INDEX orders_by_number ON orders (tenant_id, lower(number));
ALTER TABLE customers ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE orders ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON customers USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
  WITH CHECK (tenant_id = current_setting('app.tenant_id')::uuid);
CREATE POLICY own_rows ON orders USING (tenant_id = (SELECT current_tenant()) AND number <> '')
  WITH CHECK (tenant_id = current_tenant());
"""

ROLES = (
    UnconfinedRole(role="app", becomes="admin", superuser=True, hosts=("eu-1",)),
    UnconfinedRole(role="app", becomes="app", superuser=False, hosts=("eu-1", "eu-2")),
    UnconfinedRole(role="jobs", becomes="admin", superuser=True, hosts=("eu-1",)),
)
"""What `tenancy-role-unconfined` judges, which no schema says."""

CASES = {
    "tenancy-column-missing": "CREATE TABLE notes (id bigint, body text);",
    "tenancy-column-nullable": "CREATE TABLE notes (tenant_id uuid);"
    " ALTER TABLE notes ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;",
    "tenancy-key-without-tenant": "CREATE UNIQUE INDEX orders_by_id ON orders (id);"
    " ALTER TABLE customers ADD CONSTRAINT one_email UNIQUE (email);",
    "tenancy-foreign-key-without-tenant": "CREATE TABLE notes (tenant_id uuid NOT NULL, writer bigint, of uuid,"
    " CONSTRAINT notes_writer FOREIGN KEY (of, writer) REFERENCES customers (tenant_id, id));"
    " ALTER TABLE notes ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;",
    "tenancy-foreign-key-cardinality": "CREATE UNIQUE INDEX one_order ON orders (tenant_id, customer_id);"
    " ALTER TABLE orders ALTER customer_id DROP NOT NULL;",
    "tenancy-row-security-off": "ALTER TABLE orders DISABLE ROW LEVEL SECURITY;",
    "tenancy-row-security-not-forced": "ALTER TABLE orders NO FORCE ROW LEVEL SECURITY;",
    "tenancy-policy-without-setting": "CREATE POLICY everything ON orders FOR SELECT USING (true);"
    " CREATE POLICY support ON orders FOR SELECT USING (is_support());"
    " CREATE POLICY nobody ON orders FOR SELECT USING (tenant_id = '00000000-0000-0000-0000-000000000000');",
    "tenancy-policy-without-check": "ALTER POLICY own_rows ON orders RENAME TO first_rows;"
    " CREATE POLICY own_rows ON orders USING (tenant_id = current_setting('app.tenant_id')::uuid);",
}
"""By rule, what a tenant did; each is drift as well, of which the other rules speak."""
