-- fleetdrift remediation
-- not proven: no attempt was made

\set ON_ERROR_STOP on
SET check_function_bodies = off;
SET client_min_messages = warning;
SET search_path = pg_catalog;

SELECT NOT EXISTS (SELECT FROM pg_catalog.pg_constraint p JOIN pg_catalog.pg_class c ON c.oid = p.conrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 't' AND p.conname = 'c_nn') AS fleetdrift_done \gset
\if :fleetdrift_done
\else
BEGIN;
SET lock_timeout = '3000ms';
SET statement_timeout = '0ms';
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."t": reads and writes wait
ALTER TABLE "public"."t" RENAME CONSTRAINT "b_nn" TO "t_b_not_null";
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."t": reads and writes wait
-- breaks_readers: readers may meet NULL
ALTER TABLE "public"."t" DROP CONSTRAINT "c_nn";
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."t": reads and writes wait
ALTER TABLE "public"."t" RENAME CONSTRAINT "t_a_not_null" TO "a_nn";
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."t": reads and writes wait
ALTER TABLE "public"."t" ALTER CONSTRAINT "d1" NO INHERIT;
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."t": reads and writes wait
ALTER TABLE "public"."t" RENAME CONSTRAINT "d1" TO "d2";
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."t": reads and writes wait
-- breaks_readers: readers may meet NULL
ALTER TABLE "public"."t" DROP CONSTRAINT "t_e_not_null";
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."t": reads and writes wait
ALTER TABLE "public"."t" ADD CONSTRAINT "e_nn" NOT NULL "e" NOT VALID;
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."t": reads and writes wait
ALTER TABLE "public"."t" ALTER CONSTRAINT "t_f_not_null" NO INHERIT;
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."t": reads and writes wait
ALTER TABLE "public"."t" RENAME CONSTRAINT "t_g_not_null" TO "g_new";
COMMIT;
\endif

BEGIN;
SET lock_timeout = '3000ms';
SET statement_timeout = '0ms';
-- scans_table: reads every row of "public"."t"
ALTER TABLE "public"."t" VALIDATE CONSTRAINT "g_new";
COMMIT;
