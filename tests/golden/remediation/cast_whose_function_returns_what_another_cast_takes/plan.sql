-- fleetdrift remediation
-- not proven: no attempt was made

\set ON_ERROR_STOP on
SET check_function_bodies = off;
SET client_min_messages = warning;
SET search_path = pg_catalog;

BEGIN;
SET lock_timeout = '3000ms';
SET statement_timeout = '0ms';
CREATE TYPE "public"."code";
CREATE OR REPLACE FUNCTION public.code_in(cstring)
 RETURNS public.code
 LANGUAGE internal
 IMMUTABLE STRICT
AS $function$textin$function$;
CREATE OR REPLACE FUNCTION public.code_out(public.code)
 RETURNS cstring
 LANGUAGE internal
 IMMUTABLE STRICT
AS $function$textout$function$;
CREATE TYPE "public"."code" (ALIGNMENT = int4, CATEGORY = 'U', DELIMITER = ',', INPUT = public.code_in, INTERNALLENGTH = variable, OUTPUT = public.code_out, STORAGE = extended);
CREATE OR REPLACE FUNCTION public.spelt(integer)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
AS $function$SELECT chr($1)$function$;
CREATE CAST (text AS public.code) WITHOUT FUNCTION AS IMPLICIT;
CREATE CAST (integer AS public.code) WITH FUNCTION public.spelt(integer);
DO 'BEGIN EXECUTE pg_catalog.format(''ALTER TYPE "public"."code" OWNER TO %1$I'', (SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())); END';
DO 'BEGIN EXECUTE pg_catalog.format(''ALTER ROUTINE "public"."code_in"(cstring) OWNER TO %1$I'', (SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())); END';
DO 'BEGIN EXECUTE pg_catalog.format(''ALTER ROUTINE "public"."code_out"(public.code) OWNER TO %1$I'', (SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())); END';
DO 'BEGIN EXECUTE pg_catalog.format(''ALTER ROUTINE "public"."spelt"(integer) OWNER TO %1$I'', (SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())); END';
COMMIT;
