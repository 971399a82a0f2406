-- fleetdrift remediation
-- not proven: no attempt was made

\set ON_ERROR_STOP on
SET check_function_bodies = off;
SET client_min_messages = warning;
SET search_path = pg_catalog;

BEGIN;
SET lock_timeout = '3000ms';
SET statement_timeout = '0ms';
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."l": reads and writes wait
ALTER TABLE "public"."l" NO INHERIT "public"."q";
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."p": reads and writes wait
-- rewrites_table: rewrites "public"."p" and its indexes under the lock
ALTER TABLE "public"."p" ALTER COLUMN "a" SET DATA TYPE bigint USING "a"::bigint;
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."p": reads and writes wait
ALTER TABLE "public"."p" ADD COLUMN "b" integer DEFAULT 1;
ALTER TABLE ONLY "public"."k" ALTER COLUMN "b" SET DEFAULT 2;
COMMIT;
