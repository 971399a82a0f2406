-- fleetdrift remediation
-- not proven: no attempt was made
-- with rows: not tried: no attempt was made
-- 5 statements in 1 transaction
-- blocks_reads: table public.m1, table public.m2, owner of table public.m2

\set ON_ERROR_STOP on

-- What each transaction pins, whatever settings the database or the role has of its own.
\set fleetdrift_pin 'SET LOCAL quote_all_identifiers = ''off'' \\; SET LOCAL search_path = pg_catalog, pg_temp \\; SET LOCAL TimeZone = ''UTC'' \\; SET LOCAL DateStyle = ''ISO, MDY'' \\; SET LOCAL IntervalStyle = ''postgres'' \\; SET LOCAL bytea_output = ''hex'' \\; SET LOCAL extra_float_digits = ''1'' \\; SET LOCAL lc_monetary = ''C'' \\; SET LOCAL xmlbinary = ''base64'' \\; SET LOCAL xmloption = ''content'' \\; SET LOCAL standard_conforming_strings = ''on'' \\; SET LOCAL row_security = ''off'' \\; SET LOCAL client_encoding = ''UTF8'' \\; SET LOCAL client_min_messages = ''warning'' \\; SET LOCAL escape_string_warning = ''off'' \\; SET LOCAL backslash_quote = ''safe_encoding'' \\; SET LOCAL array_nulls = ''on'' \\; SET LOCAL transform_null_equals = ''off'' \\; SET LOCAL lc_numeric = ''C'' \\; SET LOCAL lc_time = ''C'' \\; SET LOCAL check_function_bodies = ''off'' \\; SET LOCAL default_tablespace = '''' \\; SET LOCAL default_table_access_method = ''heap'' \\; SET LOCAL synchronize_seqscans = ''off'' \\; SET LOCAL idle_in_transaction_session_timeout = ''60s'''

-- stage 1 of 1, in one transaction
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."m": reads and writes wait
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."m1": reads and writes wait
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."m2": reads and writes wait
BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE \; :fleetdrift_pin;
SET LOCAL lock_timeout = '3000ms'; SET LOCAL statement_timeout = '0ms';
ALTER TABLE ONLY "public"."m" DETACH PARTITION "public"."m1";
DO 'BEGIN
IF EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conrelid = ''"public"."m1"''::pg_catalog.regclass AND conname = ''m_at_not_null'') THEN
ALTER TABLE "public"."m1" RENAME CONSTRAINT "m_at_not_null" TO "m1_at_not_null";
END IF;
END';
CREATE TABLE "public"."m2" (
    "at" date CONSTRAINT "m_at_not_null" NOT NULL,
    "v" integer
);
ALTER TABLE ONLY "public"."m" ATTACH PARTITION "public"."m2" FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
DO 'BEGIN EXECUTE pg_catalog.format(''ALTER TABLE "public"."m2" OWNER TO %1$I'', (SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())); END';
COMMIT;
