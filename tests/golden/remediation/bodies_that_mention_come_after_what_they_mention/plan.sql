-- fleetdrift remediation
-- not proven: no attempt was made
-- with rows: not tried: no attempt was made
-- 7 statements in 2 transactions
-- blocks_reads: owner of materialized_view public.m, materialized view public.m
-- scans_table: materialized view public.m

\set ON_ERROR_STOP on

-- What each transaction pins, whatever settings the database or the role has of its own.
\set fleetdrift_pin 'SET LOCAL quote_all_identifiers = ''off'' \\; SET LOCAL search_path = pg_catalog, pg_temp \\; SET LOCAL TimeZone = ''UTC'' \\; SET LOCAL DateStyle = ''ISO, MDY'' \\; SET LOCAL IntervalStyle = ''postgres'' \\; SET LOCAL bytea_output = ''hex'' \\; SET LOCAL extra_float_digits = ''1'' \\; SET LOCAL lc_monetary = ''C'' \\; SET LOCAL xmlbinary = ''base64'' \\; SET LOCAL xmloption = ''content'' \\; SET LOCAL standard_conforming_strings = ''on'' \\; SET LOCAL row_security = ''off'' \\; SET LOCAL client_encoding = ''UTF8'' \\; SET LOCAL client_min_messages = ''warning'' \\; SET LOCAL escape_string_warning = ''off'' \\; SET LOCAL backslash_quote = ''safe_encoding'' \\; SET LOCAL array_nulls = ''on'' \\; SET LOCAL transform_null_equals = ''off'' \\; SET LOCAL lc_numeric = ''C'' \\; SET LOCAL lc_time = ''C'' \\; SET LOCAL check_function_bodies = ''off'' \\; SET LOCAL default_tablespace = '''' \\; SET LOCAL default_table_access_method = ''heap'' \\; SET LOCAL synchronize_seqscans = ''off'' \\; SET LOCAL idle_in_transaction_session_timeout = ''60s'''

-- stage 1 of 2, in one transaction
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."m": reads and writes wait
BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE \; :fleetdrift_pin;
SELECT pg_catalog.to_regprocedure('"public"."z"()') IS NOT NULL
    AND pg_catalog.to_regprocedure('"public"."a"()') IS NOT NULL
    AND EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'm' AND c.relkind IN ('m')) AS fleetdrift_done \gset
\if :fleetdrift_done
\else
SET LOCAL lock_timeout = '3000ms'; SET LOCAL statement_timeout = '0ms';
CREATE OR REPLACE FUNCTION public.z()
 RETURNS integer
 LANGUAGE sql
AS $function$SELECT 1$function$;
CREATE OR REPLACE FUNCTION public.a()
 RETURNS integer
 LANGUAGE sql
AS $function$SELECT public.z()$function$;
CREATE MATERIALIZED VIEW "public"."m" AS
 SELECT public.a() AS a
WITH NO DATA;
DO 'BEGIN EXECUTE pg_catalog.format(''ALTER ROUTINE "public"."a"() OWNER TO %1$I'', (SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())); END';
DO 'BEGIN EXECUTE pg_catalog.format(''ALTER MATERIALIZED VIEW "public"."m" OWNER TO %1$I'', (SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())); END';
DO 'BEGIN EXECUTE pg_catalog.format(''ALTER ROUTINE "public"."z"() OWNER TO %1$I'', (SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())); END';
\endif
COMMIT;

-- stage 2 of 2, in one transaction
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."m": reads and writes wait
BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE \; :fleetdrift_pin;
SET LOCAL lock_timeout = '3000ms'; SET LOCAL statement_timeout = '0ms';
-- scans_table: reads every row of what "public"."m" selects from
REFRESH MATERIALIZED VIEW "public"."m";
COMMIT;
