-- fleetdrift remediation
-- not proven: no attempt was made

\set ON_ERROR_STOP on
SET check_function_bodies = off;
SET client_min_messages = warning;
SET search_path = pg_catalog;

SELECT EXISTS (SELECT FROM pg_catalog.pg_description d WHERE d.classoid = 'pg_catalog.pg_largeobject'::pg_catalog.regclass AND pg_catalog.starts_with(d.description, 'fleetdrift has run this: stage 1 of 3')) AS fleetdrift_done \gset
\if :fleetdrift_done
\else
BEGIN;
SET lock_timeout = '3000ms';
SET statement_timeout = '0ms';
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."orders": reads and writes wait
ALTER TABLE "public"."orders" DROP CONSTRAINT IF EXISTS "fleetdrift_not_null_note";
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."orders": reads and writes wait
ALTER TABLE "public"."orders" ADD CONSTRAINT "fleetdrift_not_null_note" CHECK ("note" IS NOT NULL) NOT VALID;
DO 'BEGIN EXECUTE pg_catalog.format(''COMMENT ON LARGE OBJECT %s IS ''''fleetdrift has run this: stage 1 of 3'''''', pg_catalog.lo_create(0)); END';
COMMIT;
\endif

SELECT EXISTS (SELECT FROM pg_catalog.pg_description d WHERE d.classoid = 'pg_catalog.pg_largeobject'::pg_catalog.regclass AND pg_catalog.starts_with(d.description, 'fleetdrift has run this: stage 2 of 3')) AS fleetdrift_done \gset
\if :fleetdrift_done
\else
BEGIN;
SET lock_timeout = '3000ms';
SET statement_timeout = '0ms';
-- scans_table: reads every row of "public"."orders"
ALTER TABLE "public"."orders" VALIDATE CONSTRAINT "fleetdrift_not_null_note";
DO 'BEGIN EXECUTE pg_catalog.format(''COMMENT ON LARGE OBJECT %s IS ''''fleetdrift has run this: stage 2 of 3'''''', pg_catalog.lo_create(0)); END';
COMMIT;
\endif

SELECT EXISTS (SELECT FROM pg_catalog.pg_description d WHERE d.classoid = 'pg_catalog.pg_largeobject'::pg_catalog.regclass AND pg_catalog.starts_with(d.description, 'fleetdrift has run this: stage 3 of 3')) AS fleetdrift_done \gset
\if :fleetdrift_done
\else
BEGIN;
SET lock_timeout = '3000ms';
SET statement_timeout = '0ms';
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."orders": reads and writes wait
ALTER TABLE "public"."orders" ALTER COLUMN "note" SET NOT NULL;
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."orders": reads and writes wait
ALTER TABLE "public"."orders" DROP CONSTRAINT "fleetdrift_not_null_note";
DO 'BEGIN PERFORM pg_catalog.lo_unlink(d.objoid) FROM pg_catalog.pg_description d WHERE d.classoid = ''pg_catalog.pg_largeobject''::pg_catalog.regclass AND pg_catalog.starts_with(d.description, ''fleetdrift has run this:''); END';
COMMIT;
\endif
