-- fleetdrift remediation
-- not proven: no attempt was made

\set ON_ERROR_STOP on
SET check_function_bodies = off;
SET client_min_messages = warning;
SET search_path = pg_catalog;

SELECT EXISTS (SELECT FROM pg_catalog.pg_description d WHERE d.classoid = 'pg_catalog.pg_largeobject'::pg_catalog.regclass AND pg_catalog.starts_with(d.description, 'fleetdrift has run this: stage 1 of 4')) AS fleetdrift_done \gset
\if :fleetdrift_done
\else
SET lock_timeout = '0ms';
SET statement_timeout = '0ms';
ALTER TYPE "public"."e" ADD VALUE IF NOT EXISTS 'b' AFTER 'a';
DO 'BEGIN EXECUTE pg_catalog.format(''COMMENT ON LARGE OBJECT %s IS ''''fleetdrift has run this: stage 1 of 4'''''', pg_catalog.lo_create(0)); END';
\endif

SELECT EXISTS (SELECT FROM pg_catalog.pg_description d WHERE d.classoid = 'pg_catalog.pg_largeobject'::pg_catalog.regclass AND pg_catalog.starts_with(d.description, 'fleetdrift has run this: stage 2 of 4')) AS fleetdrift_done \gset
\if :fleetdrift_done
\else
SET lock_timeout = '0ms';
SET statement_timeout = '0ms';
ALTER TYPE "public"."e" ADD VALUE IF NOT EXISTS 'it''s' AFTER 'b';
DO 'BEGIN EXECUTE pg_catalog.format(''COMMENT ON LARGE OBJECT %s IS ''''fleetdrift has run this: stage 2 of 4'''''', pg_catalog.lo_create(0)); END';
\endif

SELECT EXISTS (SELECT FROM pg_catalog.pg_description d WHERE d.classoid = 'pg_catalog.pg_largeobject'::pg_catalog.regclass AND pg_catalog.starts_with(d.description, 'fleetdrift has run this: stage 3 of 4')) AS fleetdrift_done \gset
\if :fleetdrift_done
\else
SET lock_timeout = '0ms';
SET statement_timeout = '0ms';
ALTER TYPE "public"."e" ADD VALUE IF NOT EXISTS 'd' AFTER 'c';
DO 'BEGIN EXECUTE pg_catalog.format(''COMMENT ON LARGE OBJECT %s IS ''''fleetdrift has run this: stage 3 of 4'''''', pg_catalog.lo_create(0)); END';
\endif

SELECT EXISTS (SELECT FROM pg_catalog.pg_description d WHERE d.classoid = 'pg_catalog.pg_largeobject'::pg_catalog.regclass AND pg_catalog.starts_with(d.description, 'fleetdrift has run this: stage 4 of 4')) AS fleetdrift_done \gset
\if :fleetdrift_done
\else
BEGIN;
SET lock_timeout = '3000ms';
SET statement_timeout = '0ms';
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."t": reads and writes wait
ALTER TABLE ONLY "public"."t" ALTER COLUMN "x" SET DEFAULT 'b'::public.e;
DO 'BEGIN PERFORM pg_catalog.lo_unlink(d.objoid) FROM pg_catalog.pg_description d WHERE d.classoid = ''pg_catalog.pg_largeobject''::pg_catalog.regclass AND pg_catalog.starts_with(d.description, ''fleetdrift has run this:''); END';
COMMIT;
\endif
