-- fleetdrift remediation
-- not proven: no attempt was made
-- with rows: not tried: no attempt was made
-- 3 statements in 1 transaction
-- blocks_reads: composite type public.place, column public.places.town, column public.places.zip
-- fails_on_rows: column public.places.zip
-- scans_table: column public.places.zip

\set ON_ERROR_STOP on

-- What each transaction pins, whatever settings the database or the role has of its own.
\set fleetdrift_pin 'SET LOCAL quote_all_identifiers = ''off'' \\; SET LOCAL search_path = pg_catalog, pg_temp \\; SET LOCAL TimeZone = ''UTC'' \\; SET LOCAL DateStyle = ''ISO, MDY'' \\; SET LOCAL IntervalStyle = ''postgres'' \\; SET LOCAL bytea_output = ''hex'' \\; SET LOCAL extra_float_digits = ''1'' \\; SET LOCAL lc_monetary = ''C'' \\; SET LOCAL xmlbinary = ''base64'' \\; SET LOCAL xmloption = ''content'' \\; SET LOCAL standard_conforming_strings = ''on'' \\; SET LOCAL row_security = ''off'' \\; SET LOCAL client_encoding = ''UTF8'' \\; SET LOCAL client_min_messages = ''warning'' \\; SET LOCAL escape_string_warning = ''off'' \\; SET LOCAL backslash_quote = ''safe_encoding'' \\; SET LOCAL array_nulls = ''on'' \\; SET LOCAL transform_null_equals = ''off'' \\; SET LOCAL lc_numeric = ''C'' \\; SET LOCAL lc_time = ''C'' \\; SET LOCAL check_function_bodies = ''off'' \\; SET LOCAL default_tablespace = '''' \\; SET LOCAL default_table_access_method = ''heap'' \\; SET LOCAL synchronize_seqscans = ''off'' \\; SET LOCAL idle_in_transaction_session_timeout = ''60s'''

-- stage 1 of 1, in one transaction
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."place": reads and writes wait
-- blocks_reads: holds ACCESS EXCLUSIVE on every table of type "public"."place": reads and writes wait
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."places": reads and writes wait
BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE \; :fleetdrift_pin;
SET LOCAL lock_timeout = '3000ms'; SET LOCAL statement_timeout = '0ms';
ALTER TYPE "public"."place" ADD ATTRIBUTE "town" text CASCADE, ADD ATTRIBUTE "zip" text CASCADE;
ALTER TABLE ONLY "public"."places" ALTER COLUMN "town" SET DEFAULT 'here'::text;
-- fails_on_rows: rows of "public"."places": any row, for it would hold NULL
-- scans_table: reads every row of "public"."places" under that lock
ALTER TABLE ONLY "public"."places" ALTER COLUMN "zip" SET NOT NULL;
COMMIT;
