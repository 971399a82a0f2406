-- fleetdrift remediation
-- not proven: no attempt was made

\set ON_ERROR_STOP on
SET check_function_bodies = off;
SET client_min_messages = warning;
SET search_path = pg_catalog;

SELECT EXISTS (SELECT FROM pg_catalog.pg_description d WHERE d.classoid = 'pg_catalog.pg_largeobject'::pg_catalog.regclass AND pg_catalog.starts_with(d.description, 'fleetdrift has run this: stage 1 of 5')) OR NOT EXISTS (SELECT FROM pg_catalog.pg_constraint p JOIN pg_catalog.pg_class c ON c.oid = p.conrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'sales_2024' AND p.conname = 'sales_old_shop_fkey') AS fleetdrift_done \gset
\if :fleetdrift_done
\else
BEGIN;
SET lock_timeout = '3000ms';
SET statement_timeout = '0ms';
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."sales_old": reads and writes wait
ALTER TABLE ONLY "public"."sales_old" DETACH PARTITION "public"."sales_2024";
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."sales_2024": reads and writes wait
-- breaks_readers: what the constraint guaranteed is not guaranteed any more
ALTER TABLE "public"."sales_2024" DROP CONSTRAINT "sales_old_shop_fkey";
CREATE TABLE "public"."sales" (
    "shop" integer,
    "day" date,
    CONSTRAINT "sales_day_shop_key" UNIQUE (day, shop)
)
PARTITION BY RANGE (day);
CREATE TABLE "public"."shops" (
    "id" integer NOT NULL,
    CONSTRAINT "shops_pkey" PRIMARY KEY (id)
);
ALTER TABLE "public"."sales" ADD CONSTRAINT "sales_shop_fkey" FOREIGN KEY (shop) REFERENCES public.shops(id);
DO 'BEGIN EXECUTE pg_catalog.format(''ALTER TABLE "public"."sales" OWNER TO %1$I'', (SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())); END';
DO 'BEGIN EXECUTE pg_catalog.format(''ALTER TABLE "public"."shops" OWNER TO %1$I'', (SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())); END';
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."sales_2024": reads and writes wait
DROP INDEX "public"."sales_2024_shop_idx";
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."sales_2024": reads and writes wait
-- breaks_readers: what the constraint guaranteed is not guaranteed any more
ALTER TABLE "public"."sales_2024" DROP CONSTRAINT "sales_2024_day_shop_key";
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."sales_old": reads and writes wait
-- loses_data: every row of "public"."sales_old" cannot be brought back
DROP TABLE "public"."sales_old";
DO 'BEGIN EXECUTE pg_catalog.format(''COMMENT ON LARGE OBJECT %s IS ''''fleetdrift has run this: stage 1 of 5'''''', pg_catalog.lo_create(0)); END';
COMMIT;
\endif

SELECT EXISTS (SELECT FROM pg_catalog.pg_description d WHERE d.classoid = 'pg_catalog.pg_largeobject'::pg_catalog.regclass AND pg_catalog.starts_with(d.description, 'fleetdrift has run this: stage 2 of 5')) AS fleetdrift_done \gset
\if :fleetdrift_done
\else
SELECT pg_catalog.format('DROP INDEX CONCURRENTLY %I.%I', n.nspname, c.relname)
FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE NOT i.indisvalid AND n.nspname = 'public' AND c.relname = 'sales_2024_day_shop_key' \gexec
SET lock_timeout = '0ms';
SET statement_timeout = '0ms';
-- builds_index: builds an index over every row of "public"."sales_2024"
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS "sales_2024_day_shop_key" ON "public"."sales_2024" (day, shop);
DO 'BEGIN EXECUTE pg_catalog.format(''COMMENT ON LARGE OBJECT %s IS ''''fleetdrift has run this: stage 2 of 5'''''', pg_catalog.lo_create(0)); END';
\endif

SELECT EXISTS (SELECT FROM pg_catalog.pg_description d WHERE d.classoid = 'pg_catalog.pg_largeobject'::pg_catalog.regclass AND pg_catalog.starts_with(d.description, 'fleetdrift has run this: stage 3 of 5')) AS fleetdrift_done \gset
\if :fleetdrift_done
\else
BEGIN;
SET lock_timeout = '3000ms';
SET statement_timeout = '0ms';
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."sales_2024": reads and writes wait
ALTER TABLE "public"."sales_2024" ADD CONSTRAINT "sales_2024_day_shop_key" UNIQUE USING INDEX "sales_2024_day_shop_key";
DO 'BEGIN EXECUTE pg_catalog.format(''COMMENT ON LARGE OBJECT %s IS ''''fleetdrift has run this: stage 3 of 5'''''', pg_catalog.lo_create(0)); END';
COMMIT;
\endif

SELECT EXISTS (SELECT FROM pg_catalog.pg_description d WHERE d.classoid = 'pg_catalog.pg_largeobject'::pg_catalog.regclass AND pg_catalog.starts_with(d.description, 'fleetdrift has run this: stage 4 of 5')) AS fleetdrift_done \gset
\if :fleetdrift_done
\else
SELECT pg_catalog.format('DROP INDEX CONCURRENTLY %I.%I', n.nspname, c.relname)
FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE NOT i.indisvalid AND n.nspname = 'public' AND c.relname = 'sales_2024_shop_idx' \gexec
SET lock_timeout = '0ms';
SET statement_timeout = '0ms';
-- builds_index: builds an index over every row of "public"."sales_2024"
CREATE INDEX CONCURRENTLY IF NOT EXISTS "sales_2024_shop_idx" ON public.sales_2024 USING btree (shop);
DO 'BEGIN EXECUTE pg_catalog.format(''COMMENT ON LARGE OBJECT %s IS ''''fleetdrift has run this: stage 4 of 5'''''', pg_catalog.lo_create(0)); END';
\endif

SELECT EXISTS (SELECT FROM pg_catalog.pg_description d WHERE d.classoid = 'pg_catalog.pg_largeobject'::pg_catalog.regclass AND pg_catalog.starts_with(d.description, 'fleetdrift has run this: stage 5 of 5')) OR EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'sales_by_shop' AND c.relkind IN ('i', 'I')) AS fleetdrift_done \gset
\if :fleetdrift_done
\else
BEGIN;
SET lock_timeout = '3000ms';
SET statement_timeout = '0ms';
-- blocks_writes: holds SHARE ROW EXCLUSIVE or SHARE on "public"."sales_2024": writes wait, reads go on
-- scans_table: reads every row of "public"."sales_2024" unless a CHECK proves the bound
ALTER TABLE ONLY "public"."sales" ATTACH PARTITION "public"."sales_2024" FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE INDEX "sales_by_shop" ON public.sales USING btree (shop);
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."shops_old": reads and writes wait
-- loses_data: every row of "public"."shops_old" cannot be brought back
DROP TABLE "public"."shops_old";
DO 'BEGIN EXECUTE pg_catalog.format(''COMMENT ON LARGE OBJECT %s IS ''''fleetdrift has run this: stage 5 of 5'''''', pg_catalog.lo_create(0)); END';
COMMIT;
\endif

DO 'BEGIN PERFORM pg_catalog.lo_unlink(d.objoid) FROM pg_catalog.pg_description d WHERE d.classoid = ''pg_catalog.pg_largeobject''::pg_catalog.regclass AND pg_catalog.starts_with(d.description, ''fleetdrift has run this:''); END';
