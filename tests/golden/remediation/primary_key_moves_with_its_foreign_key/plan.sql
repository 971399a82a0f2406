-- fleetdrift remediation
-- not proven: no attempt was made

\set ON_ERROR_STOP on
SET check_function_bodies = off;
SET client_min_messages = warning;
SET search_path = pg_catalog;

BEGIN;
SET lock_timeout = '3000ms';
SET statement_timeout = '0ms';
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."b": reads and writes wait
ALTER TABLE "public"."b" DROP CONSTRAINT "b_code_fkey";
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."a": reads and writes wait
ALTER TABLE "public"."a" DROP CONSTRAINT "a_code_key";
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."a": reads and writes wait
ALTER TABLE "public"."a" DROP CONSTRAINT "a_pk";
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."a": reads and writes wait
ALTER TABLE "public"."a" ALTER COLUMN "id" DROP NOT NULL;
COMMIT;

SET lock_timeout = '3000ms';
SET statement_timeout = '0ms';
-- builds_index: builds an index over every row of "public"."a"
CREATE UNIQUE INDEX CONCURRENTLY "a_pkey" ON "public"."a" (code);

BEGIN;
SET lock_timeout = '3000ms';
SET statement_timeout = '0ms';
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."a": reads and writes wait
ALTER TABLE "public"."a" ADD CONSTRAINT "a_pkey" PRIMARY KEY USING INDEX "a_pkey";
-- blocks_writes: holds SHARE ROW EXCLUSIVE or SHARE on "public"."b": writes wait, reads go on
ALTER TABLE "public"."b" ADD CONSTRAINT "b_code_fkey" FOREIGN KEY (code) REFERENCES public.a(code) NOT VALID;
COMMIT;

BEGIN;
SET lock_timeout = '3000ms';
SET statement_timeout = '0ms';
-- scans_table: reads every row of "public"."b"
ALTER TABLE "public"."b" VALIDATE CONSTRAINT "b_code_fkey";
COMMIT;
