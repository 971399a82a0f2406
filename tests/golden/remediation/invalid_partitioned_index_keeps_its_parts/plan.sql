-- fleetdrift remediation
-- not proven: no attempt was made

\set ON_ERROR_STOP on
SET check_function_bodies = off;
SET client_min_messages = warning;
SET search_path = pg_catalog;

BEGIN;
SET lock_timeout = '3000ms';
SET statement_timeout = '0ms';
CREATE TABLE "public"."readings_2024" (
    "day" date,
    "value" integer
);
CREATE TABLE "public"."readings_2025" (
    "day" date,
    "value" integer
);
-- blocks_writes: holds SHARE ROW EXCLUSIVE or SHARE on "public"."readings_2025": writes wait, reads go on
-- scans_table: reads every row of "public"."readings_2025" unless a CHECK proves the bound
ALTER TABLE ONLY "public"."readings" ATTACH PARTITION "public"."readings_2025" FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE INDEX "readings_2024_value" ON public.readings_2024 USING btree (value);
-- blocks_writes: holds SHARE ROW EXCLUSIVE or SHARE on "public"."readings_2024": writes wait, reads go on
-- scans_table: reads every row of "public"."readings_2024" unless a CHECK proves the bound
ALTER TABLE ONLY "public"."readings" ATTACH PARTITION "public"."readings_2024" FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
-- blocks_writes: holds SHARE ROW EXCLUSIVE or SHARE on "public"."readings": writes wait, reads go on
-- builds_index: builds an index over every row of "public"."readings"
CREATE INDEX "readings_value" ON ONLY public.readings USING btree (value);
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."readings_2024": reads and writes wait
ALTER INDEX "public"."readings_value" ATTACH PARTITION "public"."readings_2024_value";
DO 'BEGIN EXECUTE pg_catalog.format(''ALTER TABLE "public"."readings_2024" OWNER TO %1$I'', (SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())); END';
DO 'BEGIN EXECUTE pg_catalog.format(''ALTER TABLE "public"."readings_2025" OWNER TO %1$I'', (SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())); END';
COMMIT;
