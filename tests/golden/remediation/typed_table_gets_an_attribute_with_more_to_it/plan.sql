-- fleetdrift remediation
-- not proven: no attempt was made

\set ON_ERROR_STOP on
SET check_function_bodies = off;
SET client_min_messages = warning;
SET search_path = pg_catalog;

BEGIN;
SET lock_timeout = '3000ms';
SET statement_timeout = '0ms';
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."place": reads and writes wait
ALTER TYPE "public"."place" ADD ATTRIBUTE "town" text CASCADE, ADD ATTRIBUTE "zip" text CASCADE;
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."places": reads and writes wait
ALTER TABLE ONLY "public"."places" ALTER COLUMN "town" SET DEFAULT 'here'::text;
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."places": reads and writes wait
-- scans_table: reads every row of "public"."places" under that lock
ALTER TABLE ONLY "public"."places" ALTER COLUMN "zip" SET NOT NULL;
COMMIT;
