-- fleetdrift remediation
-- not proven: no attempt was made

\set ON_ERROR_STOP on
SET check_function_bodies = off;
SET client_min_messages = warning;
SET search_path = pg_catalog;

BEGIN;
SET lock_timeout = '3000ms';
SET statement_timeout = '0ms';
CREATE OR REPLACE FUNCTION public.may_read(owner integer)
 RETURNS boolean
 LANGUAGE sql
AS $function$SELECT owner > 0$function$;
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."pages": reads and writes wait
ALTER POLICY "readers" ON "public"."pages" USING (public.may_read(owner));
-- breaks_readers: calls of "public"."may_read"(integer, integer) fail
DROP FUNCTION "public"."may_read"(integer, integer);
DO 'BEGIN EXECUTE pg_catalog.format(''ALTER ROUTINE "public"."may_read"(integer) OWNER TO %1$I'', (SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())); END';
COMMIT;
