-- fleetdrift remediation
-- not proven: no attempt was made

\set ON_ERROR_STOP on
SET check_function_bodies = off;
SET client_min_messages = warning;
SET search_path = pg_catalog;

SELECT NOT EXISTS (SELECT FROM pg_catalog.pg_constraint p JOIN pg_catalog.pg_class c ON c.oid = p.conrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'a' AND p.conname = 'a_code_key') AS fleetdrift_done \gset
\if :fleetdrift_done
\else
BEGIN;
SET lock_timeout = '3000ms';
SET statement_timeout = '0ms';
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."b": reads and writes wait
-- breaks_readers: what the constraint guaranteed is not guaranteed any more
ALTER TABLE "public"."b" DROP CONSTRAINT "b_code_fkey";
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."a": reads and writes wait
-- breaks_readers: what the constraint guaranteed is not guaranteed any more
ALTER TABLE "public"."a" DROP CONSTRAINT "a_code_key";
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."a": reads and writes wait
-- breaks_readers: what the constraint guaranteed is not guaranteed any more
ALTER TABLE "public"."a" DROP CONSTRAINT "a_pk";
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."a": reads and writes wait
-- breaks_readers: readers may meet NULL
ALTER TABLE "public"."a" ALTER COLUMN "id" DROP NOT NULL;
COMMIT;
\endif

SELECT pg_catalog.format('DROP INDEX CONCURRENTLY %I.%I', n.nspname, c.relname)
FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE NOT i.indisvalid AND n.nspname = 'public' AND c.relname = 'a_pkey' \gexec
SET lock_timeout = '0ms';
SET statement_timeout = '0ms';
-- builds_index: builds an index over every row of "public"."a"
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS "a_pkey" ON "public"."a" (code);

SELECT EXISTS (SELECT FROM pg_catalog.pg_constraint p JOIN pg_catalog.pg_class c ON c.oid = p.conrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'a' AND p.conname = 'a_pkey') AS fleetdrift_done \gset
\if :fleetdrift_done
\else
BEGIN;
SET lock_timeout = '3000ms';
SET statement_timeout = '0ms';
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."a": reads and writes wait
ALTER TABLE "public"."a" ADD CONSTRAINT "a_pkey" PRIMARY KEY USING INDEX "a_pkey";
-- blocks_writes: holds SHARE ROW EXCLUSIVE or SHARE on "public"."b": writes wait, reads go on
ALTER TABLE "public"."b" ADD CONSTRAINT "b_code_fkey" FOREIGN KEY (code) REFERENCES public.a(code) NOT VALID;
COMMIT;
\endif

BEGIN;
SET lock_timeout = '3000ms';
SET statement_timeout = '0ms';
-- scans_table: reads every row of "public"."b"
ALTER TABLE "public"."b" VALIDATE CONSTRAINT "b_code_fkey";
COMMIT;
