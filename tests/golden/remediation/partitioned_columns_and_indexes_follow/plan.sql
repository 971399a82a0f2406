-- fleetdrift remediation
-- not proven: no attempt was made

\set ON_ERROR_STOP on
SET check_function_bodies = off;
SET client_min_messages = warning;
SET search_path = pg_catalog;

SELECT EXISTS (SELECT FROM pg_catalog.pg_attribute p JOIN pg_catalog.pg_class c ON c.oid = p.attrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'm' AND p.attname = 'w' AND NOT p.attisdropped) AS fleetdrift_done \gset
\if :fleetdrift_done
\else
BEGIN;
SET lock_timeout = '3000ms';
SET statement_timeout = '0ms';
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."m": reads and writes wait
ALTER TABLE "public"."m" ADD COLUMN "w" text DEFAULT 'x'::text;
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."m": reads and writes wait
ALTER TABLE "public"."m" DROP CONSTRAINT IF EXISTS "fleetdrift_not_null_v";
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."m": reads and writes wait
ALTER TABLE "public"."m" ADD CONSTRAINT "fleetdrift_not_null_v" CHECK ("v" IS NOT NULL) NOT VALID;
COMMIT;
\endif

SELECT NOT EXISTS (SELECT FROM pg_catalog.pg_constraint p JOIN pg_catalog.pg_class c ON c.oid = p.conrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'm' AND p.conname = 'fleetdrift_not_null_v' AND NOT p.convalidated) AS fleetdrift_done \gset
\if :fleetdrift_done
\else
BEGIN;
SET lock_timeout = '3000ms';
SET statement_timeout = '0ms';
-- scans_table: reads every row of "public"."m"
ALTER TABLE "public"."m" VALIDATE CONSTRAINT "fleetdrift_not_null_v";
COMMIT;
\endif

SELECT EXISTS (SELECT FROM pg_catalog.pg_constraint p JOIN pg_catalog.pg_class c ON c.oid = p.conrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'm' AND p.conname = 'c') AS fleetdrift_done \gset
\if :fleetdrift_done
\else
BEGIN;
SET lock_timeout = '3000ms';
SET statement_timeout = '0ms';
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."m": reads and writes wait
ALTER TABLE "public"."m" ALTER COLUMN "v" SET NOT NULL;
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."m": reads and writes wait
ALTER TABLE "public"."m" DROP CONSTRAINT IF EXISTS "fleetdrift_not_null_v";
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."m": reads and writes wait
-- scans_table: reads every row of "public"."m"
ALTER TABLE "public"."m" ADD CONSTRAINT "c" CHECK ((v > 0));
COMMIT;
\endif

SELECT pg_catalog.format('DROP INDEX CONCURRENTLY %I.%I', n.nspname, c.relname)
FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE NOT i.indisvalid AND n.nspname = 'public' AND c.relname = 'm1_at_v_idx' \gexec
SET lock_timeout = '0ms';
SET statement_timeout = '0ms';
-- builds_index: builds an index over every row of "public"."m1"
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS "m1_at_v_idx" ON public.m1 USING btree (at, v);

BEGIN;
SET lock_timeout = '3000ms';
SET statement_timeout = '0ms';
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."m": reads and writes wait
DROP INDEX "public"."u";
-- blocks_writes: holds SHARE ROW EXCLUSIVE or SHARE on "public"."m": writes wait, reads go on
-- builds_index: builds an index over every row of "public"."m"
CREATE UNIQUE INDEX "u" ON public.m USING btree (at, v);
COMMIT;
