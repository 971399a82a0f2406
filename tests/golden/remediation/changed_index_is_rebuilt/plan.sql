-- fleetdrift remediation
-- not proven: no attempt was made

\set ON_ERROR_STOP on
SET check_function_bodies = off;
SET client_min_messages = warning;
SET search_path = pg_catalog;

SET lock_timeout = '0ms';
SET statement_timeout = '0ms';
DROP INDEX CONCURRENTLY IF EXISTS "public"."i";

SELECT pg_catalog.format('DROP INDEX CONCURRENTLY %I.%I', n.nspname, c.relname)
FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE NOT i.indisvalid AND n.nspname = 'public' AND c.relname = 'i' \gexec
SET lock_timeout = '0ms';
SET statement_timeout = '0ms';
-- builds_index: builds an index over every row of "public"."orders"
CREATE INDEX CONCURRENTLY IF NOT EXISTS "i" ON public.orders USING btree (lower(note) text_pattern_ops) WITH (fillfactor='80');

BEGIN;
SET lock_timeout = '3000ms';
SET statement_timeout = '0ms';
ALTER INDEX "public"."i" ALTER COLUMN 1 SET STATISTICS 300;
COMMIT;
