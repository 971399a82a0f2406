-- fleetdrift remediation
-- not proven: no attempt was made

\set ON_ERROR_STOP on
SET check_function_bodies = off;
SET client_min_messages = warning;
SET search_path = pg_catalog;

BEGIN;
SET lock_timeout = '3000ms';
SET statement_timeout = '0ms';
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."events": reads and writes wait
-- breaks_readers: what the constraint guaranteed is not guaranteed any more
ALTER TABLE "public"."events" DROP CONSTRAINT "events_extra_check";
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."base": reads and writes wait
-- loses_data: every value of "public"."base"."extra" cannot be brought back
ALTER TABLE "public"."base" DROP COLUMN "extra";
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."derived": reads and writes wait
ALTER TABLE "public"."derived" INHERIT "public"."base";
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."events": reads and writes wait
-- loses_data: every value of "public"."events"."extra" cannot be brought back
ALTER TABLE "public"."events" DROP COLUMN "extra";
-- blocks_writes: holds SHARE ROW EXCLUSIVE or SHARE on "public"."events_2024": writes wait, reads go on
-- scans_table: reads every row of "public"."events_2024" unless a CHECK proves the bound
ALTER TABLE ONLY "public"."events" ATTACH PARTITION "public"."events_2024" FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
COMMIT;
