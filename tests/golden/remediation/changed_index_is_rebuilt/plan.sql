-- fleetdrift remediation
-- not proven: no attempt was made

\set ON_ERROR_STOP on
SET check_function_bodies = off;
SET client_min_messages = warning;
SET search_path = pg_catalog;

SELECT EXISTS (SELECT FROM pg_catalog.pg_description d WHERE d.classoid = 'pg_catalog.pg_largeobject'::pg_catalog.regclass AND pg_catalog.starts_with(d.description, 'fleetdrift has run this: stage 1 of 3')) AS fleetdrift_done \gset
\if :fleetdrift_done
\else
SET lock_timeout = '0ms';
SET statement_timeout = '0ms';
DROP INDEX CONCURRENTLY IF EXISTS "public"."i";
DO 'BEGIN EXECUTE pg_catalog.format(''COMMENT ON LARGE OBJECT %s IS ''''fleetdrift has run this: stage 1 of 3'''''', pg_catalog.lo_create(0)); END';
\endif

SELECT EXISTS (SELECT FROM pg_catalog.pg_description d WHERE d.classoid = 'pg_catalog.pg_largeobject'::pg_catalog.regclass AND pg_catalog.starts_with(d.description, 'fleetdrift has run this: stage 2 of 3')) AS fleetdrift_done \gset
\if :fleetdrift_done
\else
SELECT pg_catalog.format('DROP INDEX CONCURRENTLY %I.%I', n.nspname, c.relname)
FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE NOT i.indisvalid AND n.nspname = 'public' AND c.relname = 'i' \gexec
SET lock_timeout = '0ms';
SET statement_timeout = '0ms';
-- builds_index: builds an index over every row of "public"."orders"
CREATE INDEX CONCURRENTLY IF NOT EXISTS "i" ON public.orders USING btree (lower(note) text_pattern_ops) WITH (fillfactor='80');
DO 'BEGIN EXECUTE pg_catalog.format(''COMMENT ON LARGE OBJECT %s IS ''''fleetdrift has run this: stage 2 of 3'''''', pg_catalog.lo_create(0)); END';
\endif

SELECT EXISTS (SELECT FROM pg_catalog.pg_description d WHERE d.classoid = 'pg_catalog.pg_largeobject'::pg_catalog.regclass AND pg_catalog.starts_with(d.description, 'fleetdrift has run this: stage 3 of 3')) AS fleetdrift_done \gset
\if :fleetdrift_done
\else
BEGIN;
SET lock_timeout = '3000ms';
SET statement_timeout = '0ms';
ALTER INDEX "public"."i" ALTER COLUMN 1 SET STATISTICS 300;
DO 'BEGIN PERFORM pg_catalog.lo_unlink(d.objoid) FROM pg_catalog.pg_description d WHERE d.classoid = ''pg_catalog.pg_largeobject''::pg_catalog.regclass AND pg_catalog.starts_with(d.description, ''fleetdrift has run this:''); END';
COMMIT;
\endif
