-- fleetdrift remediation
-- not proven: no attempt was made

\set ON_ERROR_STOP on
SET check_function_bodies = off;
SET client_min_messages = warning;
SET search_path = pg_catalog;

SET lock_timeout = '0ms';
SET statement_timeout = '0ms';
DROP INDEX CONCURRENTLY IF EXISTS "public"."one_by_amount";

SELECT pg_catalog.format('DROP INDEX CONCURRENTLY %I.%I', n.nspname, c.relname)
FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE NOT i.indisvalid AND n.nspname = 'public' AND c.relname = 'stock_one_pkey' \gexec
SET lock_timeout = '0ms';
SET statement_timeout = '0ms';
-- builds_index: builds an index over every row of "public"."stock_one"
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS "stock_one_pkey" ON "public"."stock_one" (shop, item);

SELECT EXISTS (SELECT FROM pg_catalog.pg_constraint p JOIN pg_catalog.pg_class c ON c.oid = p.conrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'stock_one' AND p.conname = 'stock_one_pkey') AS fleetdrift_done \gset
\if :fleetdrift_done
\else
BEGIN;
SET lock_timeout = '3000ms';
SET statement_timeout = '0ms';
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."stock_one": reads and writes wait
ALTER TABLE "public"."stock_one" ADD CONSTRAINT "stock_one_pkey" PRIMARY KEY USING INDEX "stock_one_pkey";
COMMIT;
\endif

SELECT pg_catalog.format('DROP INDEX CONCURRENTLY %I.%I', n.nspname, c.relname)
FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE NOT i.indisvalid AND n.nspname = 'public' AND c.relname = 'items_of_one' \gexec
SET lock_timeout = '0ms';
SET statement_timeout = '0ms';
-- builds_index: builds an index over every row of "public"."stock_one"
CREATE INDEX CONCURRENTLY IF NOT EXISTS "items_of_one" ON public.stock_one USING btree (item);

SELECT pg_catalog.format('DROP INDEX CONCURRENTLY %I.%I', n.nspname, c.relname)
FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE NOT i.indisvalid AND n.nspname = 'public' AND c.relname = 'stock_one_amount_idx' \gexec
SET lock_timeout = '0ms';
SET statement_timeout = '0ms';
-- builds_index: builds an index over every row of "public"."stock_one"
CREATE INDEX CONCURRENTLY IF NOT EXISTS "stock_one_amount_idx" ON public.stock_one USING btree (amount);

BEGIN;
SET lock_timeout = '3000ms';
SET statement_timeout = '0ms';
-- blocks_writes: holds SHARE ROW EXCLUSIVE or SHARE on "public"."stock_one": writes wait, reads go on
-- scans_table: reads every row of "public"."stock_one" unless a CHECK proves the bound
ALTER TABLE ONLY "public"."stock" ATTACH PARTITION "public"."stock_one" FOR VALUES IN (1);
COMMIT;

SELECT pg_catalog.format('DROP INDEX CONCURRENTLY %I.%I', n.nspname, c.relname)
FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE NOT i.indisvalid AND n.nspname = 'public' AND c.relname = 'one_by_amount' \gexec
SET lock_timeout = '0ms';
SET statement_timeout = '0ms';
-- builds_index: builds an index over every row of "public"."stock_one"
CREATE INDEX CONCURRENTLY IF NOT EXISTS "one_by_amount" ON public.stock_one USING btree (amount);

BEGIN;
SET lock_timeout = '3000ms';
SET statement_timeout = '0ms';
COMMENT ON INDEX "public"."one_by_amount" IS 'older than the one to be attached';
COMMIT;
