-- Run once by the image's entrypoint, as the superuser, on an empty server: roles, the store, and the demo's tenants.
-- Passwords are read by psql where they are mounted, so that none is on a command line.
\set ON_ERROR_STOP on
\set store_password `cat "${SECRETS:-/run/secrets}/store_password"`
\set scanner_password `cat "${SECRETS:-/run/secrets}/scanner_password"`
\set tenant_sql `echo "${TENANT_SQL:-/etc/fleetdrift/tenant.sql}"`

CREATE ROLE fleetdrift_store LOGIN PASSWORD :'store_password';
CREATE DATABASE fleetdrift_store OWNER fleetdrift_store;
REVOKE CONNECT ON DATABASE fleetdrift_store FROM PUBLIC;

CREATE ROLE fleetdrift_scanner LOGIN PASSWORD :'scanner_password';

CREATE DATABASE "tenant-003";
\connect "tenant-003"
\i :tenant_sql
\connect postgres
CREATE DATABASE "tenant-001" TEMPLATE "tenant-003";
CREATE DATABASE "tenant-002" TEMPLATE "tenant-003";

-- What somebody did by hand. tenant-003 is as declared.
\connect "tenant-001"
DROP INDEX customers_email_lower_idx;
DROP INDEX orders_customer_created_idx;
\connect "tenant-002"
ALTER TABLE orders ADD CONSTRAINT orders_status_legacy_check CHECK (status IN ('new', 'paid'));
DELETE FROM _sqlx_migrations WHERE version = 20260105090000;
