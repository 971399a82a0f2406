-- fleetdrift remediation
-- not proven: no attempt was made

\set ON_ERROR_STOP on
SET check_function_bodies = off;
SET client_min_messages = warning;
SET search_path = pg_catalog;

BEGIN;
SET lock_timeout = '3000ms';
SET statement_timeout = '0ms';
-- breaks_readers: calls of "public"."s"(integer) fail
DROP AGGREGATE "public"."s"(integer);
CREATE OR REPLACE FUNCTION public.eq(integer, integer)
 RETURNS boolean
 LANGUAGE sql
AS $function$SELECT true$function$;
CREATE OR REPLACE PROCEDURE public.p(INOUT a integer)
 LANGUAGE plpgsql
AS $procedure$BEGIN a := 1; END$procedure$;
CREATE AGGREGATE "public"."s"(integer) (SFUNC = int4pl, STYPE = integer, INITCOND = '0');
CREATE OPERATOR "public".=== (FUNCTION = public.eq, LEFTARG = integer, RIGHTARG = integer, COMMUTATOR = OPERATOR(public.===));
DO 'BEGIN EXECUTE pg_catalog.format(''ALTER OPERATOR "public".=== (integer, integer) OWNER TO %1$I'', (SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())); END';
DO 'BEGIN EXECUTE pg_catalog.format(''ALTER ROUTINE "public"."eq"(integer, integer) OWNER TO %1$I'', (SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())); END';
DO 'BEGIN EXECUTE pg_catalog.format(''ALTER ROUTINE "public"."p"(integer) OWNER TO %1$I'', (SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())); END';
DO 'BEGIN EXECUTE pg_catalog.format(''ALTER AGGREGATE "public"."s"(integer) OWNER TO %1$I'', (SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())); END';
COMMENT ON AGGREGATE "public"."s"(integer) IS 'sum';
COMMIT;
