-- fleetdrift remediation
-- not proven: no attempt was made

\set ON_ERROR_STOP on
SET check_function_bodies = off;
SET client_min_messages = warning;
SET search_path = pg_catalog;

SELECT EXISTS (SELECT FROM pg_catalog.pg_description d WHERE d.classoid = 'pg_catalog.pg_largeobject'::pg_catalog.regclass AND pg_catalog.starts_with(d.description, 'fleetdrift has run this: stage 1 of 5')) AS fleetdrift_done \gset
\if :fleetdrift_done
\else
SELECT pg_catalog.format('DROP INDEX CONCURRENTLY %I.%I', n.nspname, c.relname)
FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE NOT i.indisvalid AND n.nspname = 'public' AND c.relname = 'days' \gexec
SET lock_timeout = '0ms';
SET statement_timeout = '0ms';
-- builds_index: builds an index over every row of "public"."sales_2025"
CREATE INDEX CONCURRENTLY IF NOT EXISTS "days" ON public.sales_2025 USING btree (day) WITH (fillfactor='70', deduplicate_items=off);
DO 'BEGIN EXECUTE pg_catalog.format(''COMMENT ON LARGE OBJECT %s IS ''''fleetdrift has run this: stage 1 of 5'''''', pg_catalog.lo_create(0)); END';
\endif

SELECT EXISTS (SELECT FROM pg_catalog.pg_description d WHERE d.classoid = 'pg_catalog.pg_largeobject'::pg_catalog.regclass AND pg_catalog.starts_with(d.description, 'fleetdrift has run this: stage 2 of 5')) AS fleetdrift_done \gset
\if :fleetdrift_done
\else
BEGIN;
SET lock_timeout = '3000ms';
SET statement_timeout = '0ms';
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."sales": reads and writes wait
DROP INDEX "public"."shops";
DO 'BEGIN EXECUTE pg_catalog.format(''COMMENT ON LARGE OBJECT %s IS ''''fleetdrift has run this: stage 2 of 5'''''', pg_catalog.lo_create(0)); END';
COMMIT;
\endif

SELECT EXISTS (SELECT FROM pg_catalog.pg_description d WHERE d.classoid = 'pg_catalog.pg_largeobject'::pg_catalog.regclass AND pg_catalog.starts_with(d.description, 'fleetdrift has run this: stage 3 of 5')) AS fleetdrift_done \gset
\if :fleetdrift_done
\else
SELECT pg_catalog.format('DROP INDEX CONCURRENTLY %I.%I', n.nspname, c.relname)
FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE NOT i.indisvalid AND n.nspname = 'public' AND c.relname = 'shops_2024' \gexec
SET lock_timeout = '0ms';
SET statement_timeout = '0ms';
-- builds_index: builds an index over every row of "public"."sales_2024"
CREATE INDEX CONCURRENTLY IF NOT EXISTS "shops_2024" ON public.sales_2024 USING btree (shop);
DO 'BEGIN EXECUTE pg_catalog.format(''COMMENT ON LARGE OBJECT %s IS ''''fleetdrift has run this: stage 3 of 5'''''', pg_catalog.lo_create(0)); END';
\endif

SELECT EXISTS (SELECT FROM pg_catalog.pg_description d WHERE d.classoid = 'pg_catalog.pg_largeobject'::pg_catalog.regclass AND pg_catalog.starts_with(d.description, 'fleetdrift has run this: stage 4 of 5')) AS fleetdrift_done \gset
\if :fleetdrift_done
\else
BEGIN;
SET lock_timeout = '3000ms';
SET statement_timeout = '0ms';
-- blocks_writes: holds SHARE ROW EXCLUSIVE or SHARE on "public"."sales": writes wait, reads go on
-- builds_index: builds an index over every row of "public"."sales"
CREATE INDEX "shops" ON ONLY public.sales USING btree (shop);
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."sales_2024": reads and writes wait
ALTER INDEX "public"."shops" ATTACH PARTITION "public"."shops_2024";
DO 'BEGIN EXECUTE pg_catalog.format(''COMMENT ON LARGE OBJECT %s IS ''''fleetdrift has run this: stage 4 of 5'''''', pg_catalog.lo_create(0)); END';
COMMIT;
\endif

SELECT EXISTS (SELECT FROM pg_catalog.pg_description d WHERE d.classoid = 'pg_catalog.pg_largeobject'::pg_catalog.regclass AND pg_catalog.starts_with(d.description, 'fleetdrift has run this: stage 5 of 5')) AS fleetdrift_done \gset
\if :fleetdrift_done
\else
SELECT pg_catalog.format('DROP INDEX CONCURRENTLY %I.%I', n.nspname, c.relname)
FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE NOT i.indisvalid AND n.nspname = 'public' AND c.relname = 'shops_2025' \gexec
SET lock_timeout = '0ms';
SET statement_timeout = '0ms';
-- builds_index: builds an index over every row of "public"."sales_2025"
CREATE INDEX CONCURRENTLY IF NOT EXISTS "shops_2025" ON public.sales_2025 USING btree (shop);
DO 'BEGIN EXECUTE pg_catalog.format(''COMMENT ON LARGE OBJECT %s IS ''''fleetdrift has run this: stage 5 of 5'''''', pg_catalog.lo_create(0)); END';
\endif

DO 'BEGIN PERFORM pg_catalog.lo_unlink(d.objoid) FROM pg_catalog.pg_description d WHERE d.classoid = ''pg_catalog.pg_largeobject''::pg_catalog.regclass AND pg_catalog.starts_with(d.description, ''fleetdrift has run this:''); END';
