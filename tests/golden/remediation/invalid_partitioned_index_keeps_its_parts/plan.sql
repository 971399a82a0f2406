-- fleetdrift remediation
-- not proven: no attempt was made
-- with rows: not tried: no attempt was made
-- 9 statements in 1 transaction
-- blocks_reads: table public.readings_2025, table public.readings_2024, index public.readings_value and 2 more
-- blocks_writes: index public.readings_value
-- builds_index: index public.readings_value

\set ON_ERROR_STOP on

-- What each transaction pins, whatever settings the database or the role has of its own.
\set fleetdrift_pin 'SET LOCAL quote_all_identifiers = ''off'' \\; SET LOCAL search_path = pg_catalog, pg_temp \\; SET LOCAL TimeZone = ''UTC'' \\; SET LOCAL DateStyle = ''ISO, MDY'' \\; SET LOCAL IntervalStyle = ''postgres'' \\; SET LOCAL bytea_output = ''hex'' \\; SET LOCAL extra_float_digits = ''1'' \\; SET LOCAL lc_monetary = ''C'' \\; SET LOCAL xmlbinary = ''base64'' \\; SET LOCAL xmloption = ''content'' \\; SET LOCAL standard_conforming_strings = ''on'' \\; SET LOCAL row_security = ''off'' \\; SET LOCAL client_encoding = ''UTF8'' \\; SET LOCAL client_min_messages = ''warning'' \\; SET LOCAL escape_string_warning = ''off'' \\; SET LOCAL backslash_quote = ''safe_encoding'' \\; SET LOCAL array_nulls = ''on'' \\; SET LOCAL transform_null_equals = ''off'' \\; SET LOCAL lc_numeric = ''C'' \\; SET LOCAL lc_time = ''C'' \\; SET LOCAL check_function_bodies = ''off'' \\; SET LOCAL default_tablespace = '''' \\; SET LOCAL default_table_access_method = ''heap'' \\; SET LOCAL synchronize_seqscans = ''off'' \\; SET LOCAL idle_in_transaction_session_timeout = ''60s'''

-- stage 1 of 1, in one transaction
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."readings_2025": reads and writes wait
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."readings_2024": reads and writes wait
-- blocks_writes: holds SHARE ROW EXCLUSIVE or SHARE on "public"."readings": writes wait, reads go on
BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE \; :fleetdrift_pin;
SET LOCAL lock_timeout = '3000ms'; SET LOCAL statement_timeout = '0ms';
CREATE TABLE "public"."readings_2024" (
    "day" date,
    "value" integer
);
CREATE TABLE "public"."readings_2025" (
    "day" date,
    "value" integer
);
ALTER TABLE ONLY "public"."readings" ATTACH PARTITION "public"."readings_2025" FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE INDEX "readings_2024_value" ON public.readings_2024 USING btree (value);
ALTER TABLE ONLY "public"."readings" ATTACH PARTITION "public"."readings_2024" FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
-- builds_index: builds an index over every row of "public"."readings"
CREATE INDEX "readings_value" ON ONLY public.readings USING btree (value);
ALTER INDEX "public"."readings_value" ATTACH PARTITION "public"."readings_2024_value";
DO 'BEGIN EXECUTE pg_catalog.format(''ALTER TABLE "public"."readings_2024" OWNER TO %1$I'', (SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())); END';
DO 'BEGIN EXECUTE pg_catalog.format(''ALTER TABLE "public"."readings_2025" OWNER TO %1$I'', (SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())); END';
COMMIT;
