-- fleetdrift remediation
-- not proven: no attempt was made

\set ON_ERROR_STOP on
SET check_function_bodies = off;
SET client_min_messages = warning;
SET search_path = pg_catalog;

BEGIN;
SET lock_timeout = '3000ms';
SET statement_timeout = '0ms';
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."t": reads and writes wait
-- loses_data: every row of "public"."t" cannot be brought back
DROP TABLE "public"."t";
CREATE VIEW "public"."t" AS
 SELECT a
   FROM public.base;
DO 'BEGIN EXECUTE pg_catalog.format(''ALTER VIEW "public"."t" OWNER TO %1$I'', (SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())); END';
COMMIT;
