-- fleetdrift remediation
-- not proven: no attempt was made

\set ON_ERROR_STOP on
SET check_function_bodies = off;
SET client_min_messages = warning;
SET search_path = pg_catalog;

SET lock_timeout = '3000ms';
SET statement_timeout = '0ms';
-- builds_index: builds an index over every row of "public"."orders"
CREATE UNIQUE INDEX CONCURRENTLY "one_note" ON "public"."orders" (note) NULLS NOT DISTINCT;

BEGIN;
SET lock_timeout = '3000ms';
SET statement_timeout = '0ms';
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."orders": reads and writes wait
ALTER TABLE "public"."orders" ADD CONSTRAINT "one_note" UNIQUE USING INDEX "one_note" DEFERRABLE;
-- blocks_writes: holds SHARE ROW EXCLUSIVE or SHARE on "public"."orders": writes wait, reads go on
ALTER TABLE "public"."orders" ADD CONSTRAINT "of_customer" FOREIGN KEY (customer) REFERENCES public.customers(id) ON DELETE CASCADE NOT VALID;
COMMIT;

BEGIN;
SET lock_timeout = '3000ms';
SET statement_timeout = '0ms';
-- scans_table: reads every row of "public"."orders"
ALTER TABLE "public"."orders" VALIDATE CONSTRAINT "of_customer";
COMMIT;
