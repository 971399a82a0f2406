-- fleetdrift remediation
-- not proven: no attempt was made

\set ON_ERROR_STOP on
SET check_function_bodies = off;
SET client_min_messages = warning;
SET search_path = pg_catalog;

BEGIN;
SET lock_timeout = '3000ms';
SET statement_timeout = '0ms';
CREATE TABLE "public"."b" (
    "x" integer NOT NULL,
    CONSTRAINT "b_pkey" PRIMARY KEY (x)
);
ALTER PUBLICATION "p" SET (publish = 'insert', publish_via_partition_root = false);
ALTER PUBLICATION "p" SET TABLE ONLY public.a (x), TABLE ONLY public.b;
DO 'BEGIN EXECUTE pg_catalog.format(''ALTER TABLE "public"."b" OWNER TO %1$I'', (SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())); END';
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."a": reads and writes wait
-- loses_data: every value of "public"."a"."z" cannot be brought back
ALTER TABLE "public"."a" DROP COLUMN "z";
COMMIT;
