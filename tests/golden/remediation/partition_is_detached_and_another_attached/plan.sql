-- fleetdrift remediation
-- not proven: no attempt was made

\set ON_ERROR_STOP on
SET check_function_bodies = off;
SET client_min_messages = warning;
SET search_path = pg_catalog;

BEGIN;
SET lock_timeout = '3000ms';
SET statement_timeout = '0ms';
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."m": reads and writes wait
ALTER TABLE ONLY "public"."m" DETACH PARTITION "public"."m1";
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."m1": reads and writes wait
DO 'BEGIN
IF EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conrelid = ''"public"."m1"''::pg_catalog.regclass AND conname = ''m_at_not_null'') THEN
ALTER TABLE "public"."m1" RENAME CONSTRAINT "m_at_not_null" TO "m1_at_not_null";
END IF;
END';
CREATE TABLE "public"."m2" (
    "at" date CONSTRAINT "m_at_not_null" NOT NULL,
    "v" integer
);
-- blocks_writes: holds SHARE ROW EXCLUSIVE or SHARE on "public"."m2": writes wait, reads go on
-- scans_table: reads every row of "public"."m2" unless a CHECK proves the bound
ALTER TABLE ONLY "public"."m" ATTACH PARTITION "public"."m2" FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
DO 'BEGIN EXECUTE pg_catalog.format(''ALTER TABLE "public"."m2" OWNER TO %1$I'', (SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())); END';
COMMIT;
