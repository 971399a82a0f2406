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
-- rewrites_table: rewrites "public"."t" and its indexes under the lock
ALTER TABLE "public"."t" ALTER COLUMN "x" SET DATA TYPE text USING "x"::text;
-- breaks_readers: statements that name "public"."r" fail
DROP TYPE "public"."r";
CREATE TYPE "public"."r" AS RANGE (SUBTYPE = double precision, SUBTYPE_DIFF = float8mi, MULTIRANGE_TYPE_NAME = "public"."r_multirange");
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."t": reads and writes wait
-- rewrites_table: rewrites "public"."t" and its indexes under the lock
ALTER TABLE "public"."t" ALTER COLUMN "x" SET DATA TYPE public.r USING "x"::public.r;
DO 'BEGIN EXECUTE pg_catalog.format(''ALTER TYPE "public"."r" OWNER TO %1$I'', (SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())); END';
COMMIT;
