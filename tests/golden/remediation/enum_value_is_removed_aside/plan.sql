-- fleetdrift remediation
-- not proven: no attempt was made

\set ON_ERROR_STOP on
SET check_function_bodies = off;
SET client_min_messages = warning;
SET search_path = pg_catalog;

SELECT EXISTS (SELECT FROM pg_catalog.pg_description d WHERE d.classoid = 'pg_catalog.pg_largeobject'::pg_catalog.regclass AND pg_catalog.starts_with(d.description, 'fleetdrift has run this: stage 1 of 6')) AS fleetdrift_done \gset
\if :fleetdrift_done
\else
BEGIN;
SET lock_timeout = '3000ms';
SET statement_timeout = '0ms';
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."t": reads and writes wait
-- breaks_readers: inserts that leave the column out get another value, or fail
ALTER TABLE ONLY "public"."t" ALTER COLUMN "x" DROP DEFAULT;
-- breaks_readers: calls of "public"."f"(public.e) fail
DROP FUNCTION "public"."f"(public.e);
-- breaks_readers: statements that name "public"."d" fail until it is made anew
ALTER DOMAIN "public"."d" RENAME TO "fleetdrift_aside_d";
-- breaks_readers: queries of "public"."v" fail
DROP VIEW "public"."v";
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."t": reads and writes wait
-- breaks_readers: what the constraint guaranteed is not guaranteed any more
ALTER TABLE "public"."t" DROP CONSTRAINT "t_x_check";
DO 'BEGIN EXECUTE pg_catalog.format(''COMMENT ON LARGE OBJECT %s IS ''''fleetdrift has run this: stage 1 of 6'''''', pg_catalog.lo_create(0)); END';
COMMIT;
\endif

SELECT EXISTS (SELECT FROM pg_catalog.pg_description d WHERE d.classoid = 'pg_catalog.pg_largeobject'::pg_catalog.regclass AND pg_catalog.starts_with(d.description, 'fleetdrift has run this: stage 2 of 6')) AS fleetdrift_done \gset
\if :fleetdrift_done
\else
SET lock_timeout = '0ms';
SET statement_timeout = '0ms';
DROP INDEX CONCURRENTLY IF EXISTS "public"."i";
DO 'BEGIN EXECUTE pg_catalog.format(''COMMENT ON LARGE OBJECT %s IS ''''fleetdrift has run this: stage 2 of 6'''''', pg_catalog.lo_create(0)); END';
\endif

SELECT EXISTS (SELECT FROM pg_catalog.pg_description d WHERE d.classoid = 'pg_catalog.pg_largeobject'::pg_catalog.regclass AND pg_catalog.starts_with(d.description, 'fleetdrift has run this: stage 3 of 6')) AS fleetdrift_done \gset
\if :fleetdrift_done
\else
BEGIN;
SET lock_timeout = '3000ms';
SET statement_timeout = '0ms';
-- breaks_readers: statements that name "public"."e" fail until it is made anew
ALTER TYPE "public"."e" RENAME TO "fleetdrift_aside_e";
CREATE TYPE "public"."e" AS ENUM ('c', 'a');
CREATE DOMAIN "public"."d" AS public.e;
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."t": reads and writes wait
-- rewrites_table: rewrites "public"."t" and its indexes under the lock
ALTER TABLE "public"."t" ALTER COLUMN "x" SET DATA TYPE public.e USING "x"::text::public.e;
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."t": reads and writes wait
ALTER TABLE ONLY "public"."t" ALTER COLUMN "x" SET DEFAULT 'a'::public.e;
CREATE VIEW "public"."v" AS
 SELECT x
   FROM public.t;
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."t": reads and writes wait
-- rewrites_table: rewrites "public"."t" and its indexes under the lock
ALTER TABLE "public"."t" ALTER COLUMN "y" SET DATA TYPE public.e[] USING "y"::text::public.e[];
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."t": reads and writes wait
-- rewrites_table: rewrites "public"."t" and its indexes under the lock
ALTER TABLE "public"."t" ALTER COLUMN "z" SET DATA TYPE public.d USING "z"::text::public.d;
CREATE OR REPLACE FUNCTION public.f(public.e)
 RETURNS public.e
 LANGUAGE sql
AS $function$SELECT $1$function$;
DO 'BEGIN EXECUTE pg_catalog.format(''ALTER DOMAIN "public"."d" OWNER TO %1$I'', (SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())); END';
DO 'BEGIN EXECUTE pg_catalog.format(''ALTER TYPE "public"."e" OWNER TO %1$I'', (SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())); END';
DO 'BEGIN EXECUTE pg_catalog.format(''ALTER ROUTINE "public"."f"(public.e) OWNER TO %1$I'', (SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())); END';
DO 'BEGIN EXECUTE pg_catalog.format(''ALTER VIEW "public"."v" OWNER TO %1$I'', (SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())); END';
-- loses_data: what only the old "public"."d" could say cannot be brought back
DROP DOMAIN "public"."fleetdrift_aside_d";
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."t": reads and writes wait
ALTER TABLE "public"."t" ADD CONSTRAINT "t_x_check" CHECK ((x <> 'c'::public.e)) NOT VALID;
DO 'BEGIN EXECUTE pg_catalog.format(''COMMENT ON LARGE OBJECT %s IS ''''fleetdrift has run this: stage 3 of 6'''''', pg_catalog.lo_create(0)); END';
COMMIT;
\endif

SELECT EXISTS (SELECT FROM pg_catalog.pg_description d WHERE d.classoid = 'pg_catalog.pg_largeobject'::pg_catalog.regclass AND pg_catalog.starts_with(d.description, 'fleetdrift has run this: stage 4 of 6')) AS fleetdrift_done \gset
\if :fleetdrift_done
\else
BEGIN;
SET lock_timeout = '3000ms';
SET statement_timeout = '0ms';
-- scans_table: reads every row of "public"."t"
ALTER TABLE "public"."t" VALIDATE CONSTRAINT "t_x_check";
DO 'BEGIN EXECUTE pg_catalog.format(''COMMENT ON LARGE OBJECT %s IS ''''fleetdrift has run this: stage 4 of 6'''''', pg_catalog.lo_create(0)); END';
COMMIT;
\endif

SELECT EXISTS (SELECT FROM pg_catalog.pg_description d WHERE d.classoid = 'pg_catalog.pg_largeobject'::pg_catalog.regclass AND pg_catalog.starts_with(d.description, 'fleetdrift has run this: stage 5 of 6')) AS fleetdrift_done \gset
\if :fleetdrift_done
\else
SELECT pg_catalog.format('DROP INDEX CONCURRENTLY %I.%I', n.nspname, c.relname)
FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE NOT i.indisvalid AND n.nspname = 'public' AND c.relname = 'i' \gexec
SET lock_timeout = '0ms';
SET statement_timeout = '0ms';
-- builds_index: builds an index over every row of "public"."t"
CREATE INDEX CONCURRENTLY IF NOT EXISTS "i" ON public.t USING btree (x) WHERE (x = 'a'::public.e);
DO 'BEGIN EXECUTE pg_catalog.format(''COMMENT ON LARGE OBJECT %s IS ''''fleetdrift has run this: stage 5 of 6'''''', pg_catalog.lo_create(0)); END';
\endif

SELECT EXISTS (SELECT FROM pg_catalog.pg_description d WHERE d.classoid = 'pg_catalog.pg_largeobject'::pg_catalog.regclass AND pg_catalog.starts_with(d.description, 'fleetdrift has run this: stage 6 of 6')) AS fleetdrift_done \gset
\if :fleetdrift_done
\else
BEGIN;
SET lock_timeout = '3000ms';
SET statement_timeout = '0ms';
-- loses_data: what only the old "public"."e" could say cannot be brought back
DROP TYPE "public"."fleetdrift_aside_e";
DO 'BEGIN EXECUTE pg_catalog.format(''COMMENT ON LARGE OBJECT %s IS ''''fleetdrift has run this: stage 6 of 6'''''', pg_catalog.lo_create(0)); END';
COMMIT;
\endif

DO 'BEGIN PERFORM pg_catalog.lo_unlink(d.objoid) FROM pg_catalog.pg_description d WHERE d.classoid = ''pg_catalog.pg_largeobject''::pg_catalog.regclass AND pg_catalog.starts_with(d.description, ''fleetdrift has run this:''); END';
