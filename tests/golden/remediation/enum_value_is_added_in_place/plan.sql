-- fleetdrift remediation
-- not proven: no attempt was made

\set ON_ERROR_STOP on
SET check_function_bodies = off;
SET client_min_messages = warning;
SET search_path = pg_catalog;

SET lock_timeout = '0ms';
SET statement_timeout = '0ms';
ALTER TYPE "public"."e" ADD VALUE IF NOT EXISTS 'b' AFTER 'a';

SET lock_timeout = '0ms';
SET statement_timeout = '0ms';
ALTER TYPE "public"."e" ADD VALUE IF NOT EXISTS 'it''s' AFTER 'b';

SET lock_timeout = '0ms';
SET statement_timeout = '0ms';
ALTER TYPE "public"."e" ADD VALUE IF NOT EXISTS 'd' AFTER 'c';

BEGIN;
SET lock_timeout = '3000ms';
SET statement_timeout = '0ms';
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."t": reads and writes wait
ALTER TABLE ONLY "public"."t" ALTER COLUMN "x" SET DEFAULT 'b'::public.e;
COMMIT;
