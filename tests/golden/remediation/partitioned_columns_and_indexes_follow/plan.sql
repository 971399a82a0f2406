-- fleetdrift remediation
-- not proven: no attempt was made

\set ON_ERROR_STOP on
SET check_function_bodies = off;
SET client_min_messages = warning;
SET search_path = pg_catalog;

BEGIN;
SET lock_timeout = '3000ms';
SET statement_timeout = '0ms';
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."m": reads and writes wait
DROP INDEX "public"."u";
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."m": reads and writes wait
ALTER TABLE "public"."m" ADD COLUMN "w" text DEFAULT 'x'::text;
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."m": reads and writes wait
ALTER TABLE "public"."m" ADD CONSTRAINT "fleetdrift_not_null_v" CHECK ("v" IS NOT NULL) NOT VALID;
COMMIT;

BEGIN;
SET lock_timeout = '3000ms';
SET statement_timeout = '0ms';
-- scans_table: reads every row of "public"."m"
ALTER TABLE "public"."m" VALIDATE CONSTRAINT "fleetdrift_not_null_v";
COMMIT;

BEGIN;
SET lock_timeout = '3000ms';
SET statement_timeout = '0ms';
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."m": reads and writes wait
ALTER TABLE "public"."m" ALTER COLUMN "v" SET NOT NULL;
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."m": reads and writes wait
ALTER TABLE "public"."m" DROP CONSTRAINT "fleetdrift_not_null_v";
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."m": reads and writes wait
-- scans_table: reads every row of "public"."m"
ALTER TABLE "public"."m" ADD CONSTRAINT "c" CHECK ((v > 0));
COMMIT;

SET lock_timeout = '3000ms';
SET statement_timeout = '0ms';
-- builds_index: builds an index over every row of "public"."m1"
CREATE UNIQUE INDEX CONCURRENTLY "m1_at_v_idx" ON public.m1 USING btree (at, v);

BEGIN;
SET lock_timeout = '3000ms';
SET statement_timeout = '0ms';
-- blocks_writes: holds SHARE ROW EXCLUSIVE or SHARE on "public"."m": writes wait, reads go on
-- builds_index: builds an index over every row of "public"."m"
CREATE UNIQUE INDEX "u" ON public.m USING btree (at, v);
COMMIT;
