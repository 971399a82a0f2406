-- fleetdrift remediation
-- not proven: no attempt was made

\set ON_ERROR_STOP on
SET check_function_bodies = off;
SET client_min_messages = warning;
SET search_path = pg_catalog;

BEGIN;
SET lock_timeout = '3000ms';
SET statement_timeout = '0ms';
DO 'BEGIN EXECUTE pg_catalog.format(''ALTER DEFAULT PRIVILEGES FOR ROLE %1$I REVOKE INSERT ON TABLES FROM "pg_monitor"'', (SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())); END';
CREATE OR REPLACE FUNCTION public.f()
 RETURNS integer
 LANGUAGE sql
AS $function$SELECT 1$function$;
DO 'BEGIN EXECUTE pg_catalog.format(''ALTER ROUTINE "public"."f"() OWNER TO %1$I'', (SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())); END';
REVOKE EXECUTE ON ROUTINE "public"."f"() FROM PUBLIC;
REVOKE DELETE ON TABLE "public"."orders" FROM "pg_monitor";
GRANT INSERT, SELECT ON TABLE "public"."orders" TO "pg_monitor" WITH GRANT OPTION;
GRANT UPDATE ("note") ON TABLE "public"."orders" TO PUBLIC;
DO 'BEGIN EXECUTE pg_catalog.format(''ALTER DEFAULT PRIVILEGES FOR ROLE %1$I IN SCHEMA "public" GRANT SELECT ON TABLES TO "pg_monitor"'', (SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())); END';
COMMIT;
