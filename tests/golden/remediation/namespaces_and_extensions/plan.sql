-- fleetdrift remediation
-- not proven: no attempt was made
-- with rows: not tried: no attempt was made
-- 9 statements in 1 transaction
-- blocks_reads: owner of table app.t, table old.t
-- breaks_readers: routine old.f(old.t), namespace old
-- loses_data: table old.t

\set ON_ERROR_STOP on

-- What each transaction pins, whatever settings the database or the role has of its own.
\set fleetdrift_pin 'SET LOCAL quote_all_identifiers = ''off'' \\; SET LOCAL search_path = pg_catalog, pg_temp \\; SET LOCAL TimeZone = ''UTC'' \\; SET LOCAL DateStyle = ''ISO, MDY'' \\; SET LOCAL IntervalStyle = ''postgres'' \\; SET LOCAL bytea_output = ''hex'' \\; SET LOCAL extra_float_digits = ''1'' \\; SET LOCAL lc_monetary = ''C'' \\; SET LOCAL xmlbinary = ''base64'' \\; SET LOCAL xmloption = ''content'' \\; SET LOCAL standard_conforming_strings = ''on'' \\; SET LOCAL row_security = ''off'' \\; SET LOCAL client_encoding = ''UTF8'' \\; SET LOCAL client_min_messages = ''warning'' \\; SET LOCAL escape_string_warning = ''off'' \\; SET LOCAL backslash_quote = ''safe_encoding'' \\; SET LOCAL array_nulls = ''on'' \\; SET LOCAL transform_null_equals = ''off'' \\; SET LOCAL lc_numeric = ''C'' \\; SET LOCAL lc_time = ''C'' \\; SET LOCAL check_function_bodies = ''off'' \\; SET LOCAL default_tablespace = '''' \\; SET LOCAL default_table_access_method = ''heap'' \\; SET LOCAL synchronize_seqscans = ''off'' \\; SET LOCAL idle_in_transaction_session_timeout = ''60s'''

-- stage 1 of 1, in one transaction
-- blocks_reads: holds ACCESS EXCLUSIVE on "app"."t": reads and writes wait
-- blocks_reads: holds ACCESS EXCLUSIVE on "old"."t": reads and writes wait
BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE \; :fleetdrift_pin;
SET LOCAL lock_timeout = '3000ms'; SET LOCAL statement_timeout = '0ms';
-- breaks_readers: calls of "old"."f"(old.t) fail
DROP FUNCTION "old"."f"(old.t);
CREATE SCHEMA "app";
CREATE EXTENSION "hstore" SCHEMA "app";
CREATE TABLE "app"."t" (
    "h" app.hstore
);
DO 'BEGIN EXECUTE pg_catalog.format(''ALTER SCHEMA "app" OWNER TO %1$I'', (SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())); END';
DO 'BEGIN EXECUTE pg_catalog.format(''ALTER TABLE "app"."t" OWNER TO %1$I'', (SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())); END';
COMMENT ON EXTENSION "hstore" IS 'data type for storing sets of (key, value) pairs';
-- loses_data: every row of "old"."t" cannot be brought back
DROP TABLE "old"."t";
-- breaks_readers: statements that name "old" fail
DROP SCHEMA "old";
COMMIT;
