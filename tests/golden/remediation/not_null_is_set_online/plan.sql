-- fleetdrift remediation
-- not proven: no attempt was made
-- with rows: not tried: no attempt was made
-- 5 statements in 3 transactions
-- blocks_reads: column public.orders.note
-- fails_on_rows: column public.orders.note
-- scans_table: column public.orders.note

\set ON_ERROR_STOP on

-- What each transaction pins, whatever settings the database or the role has of its own.
\set fleetdrift_pin 'SET LOCAL quote_all_identifiers = ''off'' \\; SET LOCAL search_path = pg_catalog, pg_temp \\; SET LOCAL TimeZone = ''UTC'' \\; SET LOCAL DateStyle = ''ISO, MDY'' \\; SET LOCAL IntervalStyle = ''postgres'' \\; SET LOCAL bytea_output = ''hex'' \\; SET LOCAL extra_float_digits = ''1'' \\; SET LOCAL lc_monetary = ''C'' \\; SET LOCAL xmlbinary = ''base64'' \\; SET LOCAL xmloption = ''content'' \\; SET LOCAL standard_conforming_strings = ''on'' \\; SET LOCAL row_security = ''off'' \\; SET LOCAL client_encoding = ''UTF8'' \\; SET LOCAL client_min_messages = ''warning'' \\; SET LOCAL escape_string_warning = ''off'' \\; SET LOCAL backslash_quote = ''safe_encoding'' \\; SET LOCAL array_nulls = ''on'' \\; SET LOCAL transform_null_equals = ''off'' \\; SET LOCAL lc_numeric = ''C'' \\; SET LOCAL lc_time = ''C'' \\; SET LOCAL check_function_bodies = ''off'' \\; SET LOCAL default_tablespace = '''' \\; SET LOCAL default_table_access_method = ''heap'' \\; SET LOCAL synchronize_seqscans = ''off'' \\; SET LOCAL idle_in_transaction_session_timeout = ''60s'''

-- stage 1 of 3, in one transaction
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."orders": reads and writes wait
BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE \; :fleetdrift_pin;
SET LOCAL lock_timeout = '3000ms'; SET LOCAL statement_timeout = '0ms';
ALTER TABLE "public"."orders" DROP CONSTRAINT IF EXISTS "fleetdrift_not_null_note";
ALTER TABLE "public"."orders" ADD CONSTRAINT "fleetdrift_not_null_note" CHECK ("note" IS NOT NULL) NOT VALID;
COMMIT;

-- stage 2 of 3, in one transaction
BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE \; :fleetdrift_pin;
SELECT NOT EXISTS (SELECT FROM pg_catalog.pg_constraint p JOIN pg_catalog.pg_class c ON c.oid = p.conrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'orders' AND p.conname = 'fleetdrift_not_null_note' AND NOT p.convalidated) AS fleetdrift_done \gset
\if :fleetdrift_done
\else
SET LOCAL lock_timeout = '3000ms'; SET LOCAL statement_timeout = '0ms';
-- fails_on_rows: rows of "public"."orders": "note" IS NULL
-- scans_table: reads every row of "public"."orders"
ALTER TABLE "public"."orders" VALIDATE CONSTRAINT "fleetdrift_not_null_note";
\endif
COMMIT;

-- stage 3 of 3, in one transaction
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."orders": reads and writes wait
BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE \; :fleetdrift_pin;
SET LOCAL lock_timeout = '3000ms'; SET LOCAL statement_timeout = '0ms';
ALTER TABLE "public"."orders" ALTER COLUMN "note" SET NOT NULL;
ALTER TABLE "public"."orders" DROP CONSTRAINT IF EXISTS "fleetdrift_not_null_note";
COMMIT;
