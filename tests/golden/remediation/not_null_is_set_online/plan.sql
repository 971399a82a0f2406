-- fleetdrift remediation
-- not proven: no attempt was made

\set ON_ERROR_STOP on
SET check_function_bodies = off;
SET client_min_messages = warning;
SET search_path = pg_catalog;

BEGIN;
SET lock_timeout = '3000ms';
SET statement_timeout = '0ms';
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."orders": reads and writes wait
ALTER TABLE "public"."orders" DROP CONSTRAINT IF EXISTS "fleetdrift_not_null_note";
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."orders": reads and writes wait
ALTER TABLE "public"."orders" ADD CONSTRAINT "fleetdrift_not_null_note" CHECK ("note" IS NOT NULL) NOT VALID;
COMMIT;

SELECT NOT EXISTS (SELECT FROM pg_catalog.pg_constraint p JOIN pg_catalog.pg_class c ON c.oid = p.conrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'orders' AND p.conname = 'fleetdrift_not_null_note' AND NOT p.convalidated) AS fleetdrift_done \gset
\if :fleetdrift_done
\else
BEGIN;
SET lock_timeout = '3000ms';
SET statement_timeout = '0ms';
-- scans_table: reads every row of "public"."orders"
ALTER TABLE "public"."orders" VALIDATE CONSTRAINT "fleetdrift_not_null_note";
COMMIT;
\endif

BEGIN;
SET lock_timeout = '3000ms';
SET statement_timeout = '0ms';
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."orders": reads and writes wait
ALTER TABLE "public"."orders" ALTER COLUMN "note" SET NOT NULL;
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."orders": reads and writes wait
ALTER TABLE "public"."orders" DROP CONSTRAINT IF EXISTS "fleetdrift_not_null_note";
COMMIT;
