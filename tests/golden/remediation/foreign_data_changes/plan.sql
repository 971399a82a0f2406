-- fleetdrift remediation
-- not proven: no attempt was made

\set ON_ERROR_STOP on
SET check_function_bodies = off;
SET client_min_messages = warning;
SET search_path = pg_catalog;

BEGIN;
SET lock_timeout = '3000ms';
SET statement_timeout = '0ms';
ALTER FOREIGN DATA WRAPPER "w" OPTIONS (ADD "a" '1');
ALTER SERVER "s" VERSION '2' OPTIONS (DROP "port", ADD "host" 'h');
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."ft": reads and writes wait
-- loses_data: every value of "public"."ft"."c" cannot be brought back
ALTER TABLE "public"."ft" DROP COLUMN "c";
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."ft": reads and writes wait
ALTER FOREIGN TABLE "public"."ft" OPTIONS (SET "t" 'u');
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."ft": reads and writes wait
-- rewrites_table: rewrites "public"."ft" and its indexes under the lock
ALTER TABLE "public"."ft" ALTER COLUMN "a" SET DATA TYPE bigint;
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."ft": reads and writes wait
ALTER TABLE "public"."ft" ALTER COLUMN "a" OPTIONS (ADD "x" 'y');
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."ft": reads and writes wait
ALTER TABLE "public"."ft" ADD COLUMN "b" text;
COMMIT;
