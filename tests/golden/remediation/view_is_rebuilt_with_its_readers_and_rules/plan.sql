-- fleetdrift remediation
-- not proven: no attempt was made

\set ON_ERROR_STOP on
SET check_function_bodies = off;
SET client_min_messages = warning;
SET search_path = pg_catalog;

BEGIN;
SET lock_timeout = '3000ms';
SET statement_timeout = '0ms';
-- breaks_readers: queries of "public"."w" fail
DROP VIEW "public"."w";
-- breaks_readers: queries of "public"."v" fail
DROP VIEW "public"."v";
CREATE VIEW "public"."v" AS
 SELECT total,
    id
   FROM public.orders;
CREATE VIEW "public"."w" AS
 SELECT id
   FROM public.v;
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."v": reads and writes wait
CREATE RULE r AS
    ON INSERT TO public.v DO INSTEAD NOTHING;
DO 'BEGIN EXECUTE pg_catalog.format(''ALTER VIEW "public"."v" OWNER TO %1$I'', (SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())); END';
DO 'BEGIN EXECUTE pg_catalog.format(''ALTER VIEW "public"."w" OWNER TO %1$I'', (SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())); END';
COMMIT;
