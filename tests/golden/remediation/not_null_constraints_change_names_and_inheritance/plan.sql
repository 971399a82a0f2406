-- fleetdrift remediation
-- not proven: no attempt was made
-- with rows: not tried: no attempt was made
-- 10 statements in 2 transactions
-- blocks_reads: constraint public.t.b_nn, constraint public.t.c_nn, constraint public.t.a_nn and 4 more
-- breaks_readers: constraint public.t.c_nn, constraint public.t.e_nn
-- fails_on_rows: constraint public.t.g_new
-- scans_table: constraint public.t.g_new

\set ON_ERROR_STOP on

-- What each transaction pins, whatever settings the database or the role has of its own.
\set fleetdrift_pin 'SET LOCAL quote_all_identifiers = ''off'' \\; SET LOCAL search_path = pg_catalog, pg_temp \\; SET LOCAL TimeZone = ''UTC'' \\; SET LOCAL DateStyle = ''ISO, MDY'' \\; SET LOCAL IntervalStyle = ''postgres'' \\; SET LOCAL bytea_output = ''hex'' \\; SET LOCAL extra_float_digits = ''1'' \\; SET LOCAL lc_monetary = ''C'' \\; SET LOCAL xmlbinary = ''base64'' \\; SET LOCAL xmloption = ''content'' \\; SET LOCAL standard_conforming_strings = ''on'' \\; SET LOCAL row_security = ''off'' \\; SET LOCAL client_encoding = ''UTF8'' \\; SET LOCAL client_min_messages = ''warning'' \\; SET LOCAL escape_string_warning = ''off'' \\; SET LOCAL backslash_quote = ''safe_encoding'' \\; SET LOCAL array_nulls = ''on'' \\; SET LOCAL transform_null_equals = ''off'' \\; SET LOCAL lc_numeric = ''C'' \\; SET LOCAL lc_time = ''C'' \\; SET LOCAL check_function_bodies = ''off'' \\; SET LOCAL default_tablespace = '''' \\; SET LOCAL default_table_access_method = ''heap'' \\; SET LOCAL synchronize_seqscans = ''off'' \\; SET LOCAL idle_in_transaction_session_timeout = ''60s'''

-- stage 1 of 2, in one transaction
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."t": reads and writes wait
BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE \; :fleetdrift_pin;
SELECT NOT EXISTS (SELECT FROM pg_catalog.pg_constraint p JOIN pg_catalog.pg_class c ON c.oid = p.conrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 't' AND p.conname = 'c_nn')
    AND EXISTS (SELECT FROM pg_catalog.pg_constraint p JOIN pg_catalog.pg_class c ON c.oid = p.conrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 't' AND p.conname = 'e_nn') AS fleetdrift_done \gset
\if :fleetdrift_done
\else
SET LOCAL lock_timeout = '3000ms'; SET LOCAL statement_timeout = '0ms';
ALTER TABLE "public"."t" RENAME CONSTRAINT "b_nn" TO "t_b_not_null";
-- breaks_readers: readers may meet NULL
ALTER TABLE "public"."t" DROP CONSTRAINT "c_nn";
ALTER TABLE "public"."t" RENAME CONSTRAINT "t_a_not_null" TO "a_nn";
ALTER TABLE "public"."t" ALTER CONSTRAINT "d1" NO INHERIT;
ALTER TABLE "public"."t" RENAME CONSTRAINT "d1" TO "d2";
-- breaks_readers: readers may meet NULL
ALTER TABLE "public"."t" DROP CONSTRAINT "t_e_not_null";
ALTER TABLE "public"."t" ADD CONSTRAINT "e_nn" NOT NULL "e" NOT VALID;
ALTER TABLE "public"."t" ALTER CONSTRAINT "t_f_not_null" NO INHERIT;
ALTER TABLE "public"."t" RENAME CONSTRAINT "t_g_not_null" TO "g_new";
\endif
COMMIT;

-- stage 2 of 2, in one transaction
BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE \; :fleetdrift_pin;
SET LOCAL lock_timeout = '3000ms'; SET LOCAL statement_timeout = '0ms';
-- fails_on_rows: rows of "public"."t": "g" IS NULL
-- scans_table: reads every row of "public"."t"
ALTER TABLE "public"."t" VALIDATE CONSTRAINT "g_new";
COMMIT;
