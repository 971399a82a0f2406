-- fleetdrift remediation
-- not proven: no attempt was made

\set ON_ERROR_STOP on
SET check_function_bodies = off;
SET client_min_messages = warning;
SET search_path = pg_catalog;

BEGIN;
SET lock_timeout = '3000ms';
SET statement_timeout = '0ms';
COMMENT ON COLUMN "public"."orders"."total" IS NULL;
COMMENT ON TABLE "public"."orders" IS E'it''s \\!';
COMMENT ON COLUMN "public"."orders"."note" IS 'b';
COMMENT ON CONSTRAINT "orders_pkey" ON "public"."orders" IS 'key';
COMMIT;
