-- fleetdrift remediation
-- not proven: no attempt was made

\set ON_ERROR_STOP on
SET check_function_bodies = off;
SET client_min_messages = warning;
SET search_path = pg_catalog;

BEGIN;
SET lock_timeout = '3000ms';
SET statement_timeout = '0ms';
DROP STATISTICS "public"."s";
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."t": reads and writes wait
-- loses_data: after a crash, every row of "public"."t" cannot be brought back
-- rewrites_table: rewrites "public"."t" and its indexes under the lock
ALTER TABLE "public"."t" SET UNLOGGED;
ALTER TABLE "public"."t" SET ("fillfactor" = '60');
ALTER TABLE "public"."t" RESET ("autovacuum_enabled");
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."t": reads and writes wait
ALTER TABLE ONLY "public"."t" REPLICA IDENTITY FULL;
CREATE STATISTICS public.s (ndistinct) ON a, b FROM public.t;
ALTER STATISTICS "public"."s" SET STATISTICS 99;
DO 'BEGIN EXECUTE pg_catalog.format(''ALTER STATISTICS "public"."s" OWNER TO %1$I'', (SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())); END';
COMMIT;
