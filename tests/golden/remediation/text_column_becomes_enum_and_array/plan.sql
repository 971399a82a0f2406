-- fleetdrift remediation
-- not proven: no attempt was made

\set ON_ERROR_STOP on
SET check_function_bodies = off;
SET client_min_messages = warning;
SET search_path = pg_catalog;

BEGIN;
SET lock_timeout = '3000ms';
SET statement_timeout = '0ms';
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."t": reads and writes wait
-- breaks_readers: inserts that leave the column out get another value, or fail
ALTER TABLE ONLY "public"."t" ALTER COLUMN "a" DROP DEFAULT;
CREATE TYPE "public"."state" AS ENUM ('new', 'paid');
DO 'BEGIN EXECUTE pg_catalog.format(''ALTER TYPE "public"."state" OWNER TO %1$I'', (SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())); END';
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."t": reads and writes wait
-- loses_data: a value of "public"."t"."a" that public.state cannot hold cannot be brought back
-- rewrites_table: rewrites "public"."t" and its indexes under the lock
ALTER TABLE "public"."t" ALTER COLUMN "a" SET DATA TYPE public.state USING "a"::text::public.state;
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."t": reads and writes wait
ALTER TABLE ONLY "public"."t" ALTER COLUMN "a" SET DEFAULT 'new'::public.state;
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."t": reads and writes wait
-- loses_data: a value of "public"."t"."b" that integer[] cannot hold cannot be brought back
-- rewrites_table: rewrites "public"."t" and its indexes under the lock
ALTER TABLE "public"."t" ALTER COLUMN "b" SET DATA TYPE integer[] USING CASE WHEN "b" IS NULL THEN NULL ELSE ARRAY["b"::integer] END;
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."t": reads and writes wait
-- loses_data: a value of "public"."t"."c" that character(5) cannot hold cannot be brought back
-- rewrites_table: rewrites "public"."t" and its indexes under the lock
ALTER TABLE "public"."t" ALTER COLUMN "c" SET DATA TYPE character(5) USING "c"::text::character(5);
COMMIT;
