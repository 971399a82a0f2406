-- fleetdrift remediation
-- not proven: no attempt was made

\set ON_ERROR_STOP on
SET check_function_bodies = off;
SET client_min_messages = warning;
SET search_path = pg_catalog;

BEGIN;
SET lock_timeout = '3000ms';
SET statement_timeout = '0ms';
-- breaks_readers: calls of "public"."g"(integer, text) fail
DROP FUNCTION "public"."g"(integer, text);
CREATE OR REPLACE FUNCTION public.f(a integer, b integer DEFAULT 1)
 RETURNS integer
 LANGUAGE sql
AS $function$SELECT 1$function$;
CREATE OR REPLACE FUNCTION public.g(a integer, b text)
 RETURNS integer
 LANGUAGE sql
AS $function$SELECT 1$function$;
DO 'BEGIN EXECUTE pg_catalog.format(''ALTER ROUTINE "public"."g"(integer, text) OWNER TO %1$I'', (SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())); END';
COMMIT;
