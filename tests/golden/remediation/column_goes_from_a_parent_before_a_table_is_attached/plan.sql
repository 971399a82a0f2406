-- fleetdrift remediation
-- not proven: no attempt was made
-- with rows: not tried: no attempt was made
-- 5 statements in 1 transaction
-- blocks_reads: constraint public.events.events_extra_check, column public.base.extra, table public.derived and 2 more
-- breaks_readers: constraint public.events.events_extra_check
-- fails_on_rows: table public.events_2024
-- loses_data: column public.base.extra, column public.events.extra
-- scans_table: table public.events_2024

\set ON_ERROR_STOP on

-- What each transaction pins, whatever settings the database or the role has of its own.
\set fleetdrift_pin 'SET LOCAL quote_all_identifiers = ''off'' \\; SET LOCAL search_path = pg_catalog, pg_temp \\; SET LOCAL TimeZone = ''UTC'' \\; SET LOCAL DateStyle = ''ISO, MDY'' \\; SET LOCAL IntervalStyle = ''postgres'' \\; SET LOCAL bytea_output = ''hex'' \\; SET LOCAL extra_float_digits = ''1'' \\; SET LOCAL lc_monetary = ''C'' \\; SET LOCAL xmlbinary = ''base64'' \\; SET LOCAL xmloption = ''content'' \\; SET LOCAL standard_conforming_strings = ''on'' \\; SET LOCAL row_security = ''off'' \\; SET LOCAL client_encoding = ''UTF8'' \\; SET LOCAL client_min_messages = ''warning'' \\; SET LOCAL escape_string_warning = ''off'' \\; SET LOCAL backslash_quote = ''safe_encoding'' \\; SET LOCAL array_nulls = ''on'' \\; SET LOCAL transform_null_equals = ''off'' \\; SET LOCAL lc_numeric = ''C'' \\; SET LOCAL lc_time = ''C'' \\; SET LOCAL check_function_bodies = ''off'' \\; SET LOCAL default_tablespace = '''' \\; SET LOCAL default_table_access_method = ''heap'' \\; SET LOCAL synchronize_seqscans = ''off'' \\; SET LOCAL idle_in_transaction_session_timeout = ''60s'''

-- stage 1 of 1, in one transaction
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."events": reads and writes wait
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."base": reads and writes wait
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."derived": reads and writes wait
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."events_2024": reads and writes wait
BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE \; :fleetdrift_pin;
SET LOCAL lock_timeout = '3000ms'; SET LOCAL statement_timeout = '0ms';
-- breaks_readers: what the constraint guaranteed is not guaranteed any more
ALTER TABLE "public"."events" DROP CONSTRAINT "events_extra_check";
-- loses_data: every value of "public"."base"."extra" cannot be brought back
ALTER TABLE "public"."base" DROP COLUMN "extra";
ALTER TABLE "public"."derived" INHERIT "public"."base";
-- loses_data: every value of "public"."events"."extra" cannot be brought back
ALTER TABLE "public"."events" DROP COLUMN "extra";
-- fails_on_rows: rows of "public"."events_2024": NOT ("day" IS NOT NULL AND "day" >= '2024-01-01'::date AND "day" < '2025-01-01'::date)
-- scans_table: reads every row of "public"."events_2024" unless a CHECK proves the bound
ALTER TABLE ONLY "public"."events" ATTACH PARTITION "public"."events_2024" FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
COMMIT;
