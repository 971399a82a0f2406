-- fleetdrift remediation
-- not proven: no attempt was made
-- with rows: not tried: no attempt was made
-- 7 statements in 1 transaction
-- blocks_reads: column public.t.a, column public.t.b, column public.t.c
-- breaks_readers: column public.t.a
-- loses_data: column public.t.a, column public.t.b, column public.t.c
-- rewrites_table: column public.t.a, column public.t.b, column public.t.c

\set ON_ERROR_STOP on

-- What each transaction pins, whatever settings the database or the role has of its own.
\set fleetdrift_pin 'SET LOCAL quote_all_identifiers = ''off'' \\; SET LOCAL search_path = pg_catalog, pg_temp \\; SET LOCAL TimeZone = ''UTC'' \\; SET LOCAL DateStyle = ''ISO, MDY'' \\; SET LOCAL IntervalStyle = ''postgres'' \\; SET LOCAL bytea_output = ''hex'' \\; SET LOCAL extra_float_digits = ''1'' \\; SET LOCAL lc_monetary = ''C'' \\; SET LOCAL xmlbinary = ''base64'' \\; SET LOCAL xmloption = ''content'' \\; SET LOCAL standard_conforming_strings = ''on'' \\; SET LOCAL row_security = ''off'' \\; SET LOCAL client_encoding = ''UTF8'' \\; SET LOCAL client_min_messages = ''warning'' \\; SET LOCAL escape_string_warning = ''off'' \\; SET LOCAL backslash_quote = ''safe_encoding'' \\; SET LOCAL array_nulls = ''on'' \\; SET LOCAL transform_null_equals = ''off'' \\; SET LOCAL lc_numeric = ''C'' \\; SET LOCAL lc_time = ''C'' \\; SET LOCAL check_function_bodies = ''off'' \\; SET LOCAL default_tablespace = '''' \\; SET LOCAL default_table_access_method = ''heap'' \\; SET LOCAL synchronize_seqscans = ''off'' \\; SET LOCAL idle_in_transaction_session_timeout = ''60s'''

-- stage 1 of 1, in one transaction
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."t": reads and writes wait
BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE \; :fleetdrift_pin;
SET LOCAL lock_timeout = '3000ms'; SET LOCAL statement_timeout = '0ms';
-- breaks_readers: inserts that leave the column out get another value, or fail
ALTER TABLE ONLY "public"."t" ALTER COLUMN "a" DROP DEFAULT;
CREATE TYPE "public"."state" AS ENUM ('new', 'paid');
DO 'BEGIN EXECUTE pg_catalog.format(''ALTER TYPE "public"."state" OWNER TO %1$I'', (SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())); END';
-- loses_data: a value of "public"."t"."a" that public.state cannot hold cannot be brought back
-- rewrites_table: rewrites "public"."t" and its indexes under the lock
ALTER TABLE "public"."t" ALTER COLUMN "a" SET DATA TYPE public.state USING "a"::text::public.state;
ALTER TABLE ONLY "public"."t" ALTER COLUMN "a" SET DEFAULT 'new'::public.state;
-- loses_data: a value of "public"."t"."b" that integer[] cannot hold cannot be brought back
-- rewrites_table: rewrites "public"."t" and its indexes under the lock
ALTER TABLE "public"."t" ALTER COLUMN "b" SET DATA TYPE integer[] USING CASE WHEN "b" IS NULL THEN NULL ELSE ARRAY["b"::integer] END;
-- loses_data: a value of "public"."t"."c" that character(5) cannot hold cannot be brought back
-- rewrites_table: rewrites "public"."t" and its indexes under the lock
ALTER TABLE "public"."t" ALTER COLUMN "c" SET DATA TYPE character(5) USING "c"::text::character(5);
COMMIT;
