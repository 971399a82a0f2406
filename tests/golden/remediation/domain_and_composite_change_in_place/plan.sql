-- fleetdrift remediation
-- not proven: no attempt was made
-- with rows: not tried: no attempt was made
-- 5 statements in 3 transactions
-- blocks_reads: composite type public.c
-- blocks_writes: domain constraint public.d.positive
-- breaks_readers: domain constraint public.d.small
-- fails_on_rows: domain type public.d, domain constraint public.d.positive
-- loses_data: composite type public.c
-- scans_table: domain type public.d, domain constraint public.d.positive

\set ON_ERROR_STOP on

-- What each transaction pins, whatever settings the database or the role has of its own.
\set fleetdrift_pin 'SET LOCAL quote_all_identifiers = ''off'' \\; SET LOCAL search_path = pg_catalog, pg_temp \\; SET LOCAL TimeZone = ''UTC'' \\; SET LOCAL DateStyle = ''ISO, MDY'' \\; SET LOCAL IntervalStyle = ''postgres'' \\; SET LOCAL bytea_output = ''hex'' \\; SET LOCAL extra_float_digits = ''1'' \\; SET LOCAL lc_monetary = ''C'' \\; SET LOCAL xmlbinary = ''base64'' \\; SET LOCAL xmloption = ''content'' \\; SET LOCAL standard_conforming_strings = ''on'' \\; SET LOCAL row_security = ''off'' \\; SET LOCAL client_encoding = ''UTF8'' \\; SET LOCAL client_min_messages = ''warning'' \\; SET LOCAL escape_string_warning = ''off'' \\; SET LOCAL backslash_quote = ''safe_encoding'' \\; SET LOCAL array_nulls = ''on'' \\; SET LOCAL transform_null_equals = ''off'' \\; SET LOCAL lc_numeric = ''C'' \\; SET LOCAL lc_time = ''C'' \\; SET LOCAL check_function_bodies = ''off'' \\; SET LOCAL default_tablespace = '''' \\; SET LOCAL default_table_access_method = ''heap'' \\; SET LOCAL synchronize_seqscans = ''off'' \\; SET LOCAL idle_in_transaction_session_timeout = ''60s'''

-- A run that breaks off goes on from here: its notes are a file in psql's own directory.
BEGIN READ ONLY \; :fleetdrift_pin;
SELECT pg_catalog.left(pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(pg_catalog.concat_ws('/',
    pg_catalog.inet_server_addr(), pg_catalog.inet_server_port(), d.oid, d.datname), 'UTF8')), 'hex'), 16)
    AS fleetdrift_database FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database() \gset
\set fleetdrift_file 'fleetdrift-this-' :fleetdrift_database '.json'
\set fleetdrift_new :fleetdrift_file '.new'
\set fleetdrift_notes `cat -- :'fleetdrift_file' 2>/dev/null`
SELECT COALESCE(n.notes -> 'kept', '{}') AS fleetdrift_kept, COALESCE((n.notes ->> 'stage')::int4 - CASE
    WHEN n.xid >= pg_catalog.pg_snapshot_xmax(pg_catalog.pg_current_snapshot()) THEN 1
    WHEN pg_catalog.pg_xact_status(n.xid) IN ('aborted', 'in progress') THEN 1 ELSE 0
END, 0) AS fleetdrift_stage
FROM (SELECT f.notes, (f.notes ->> 'transaction')::xid8 FROM (
    SELECT NULLIF(:'fleetdrift_notes', '')::jsonb) AS f(notes)) AS n(notes, xid) \gset
COMMIT;

BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE \; :fleetdrift_pin;
SELECT :fleetdrift_stage > 0 AS fleetdrift_done \gset
\if :fleetdrift_done
\else
SET LOCAL lock_timeout = '3000ms'; SET LOCAL statement_timeout = '0ms';
-- breaks_readers: what the constraint guaranteed is not guaranteed any more
ALTER DOMAIN "public"."d" DROP CONSTRAINT "small";
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."c": reads and writes wait
-- loses_data: what only the old b could hold cannot be brought back
ALTER TYPE "public"."c" DROP ATTRIBUTE "b" CASCADE, ADD ATTRIBUTE "z" text CASCADE;
ALTER DOMAIN "public"."d" SET DEFAULT 3;
SELECT pg_catalog.jsonb_build_object('stage', 1, 'transaction', pg_catalog.pg_current_xact_id()::text, 'kept', :'fleetdrift_kept'::jsonb) \g (format=unaligned tuples_only=on) :fleetdrift_new
\set fleetdrift_moved `mv -f -- :'fleetdrift_new' :'fleetdrift_file'`
\endif
COMMIT;

BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE \; :fleetdrift_pin;
SELECT :fleetdrift_stage > 1 AS fleetdrift_done \gset
\if :fleetdrift_done
\else
SET LOCAL lock_timeout = '3000ms'; SET LOCAL statement_timeout = '0ms';
-- fails_on_rows: rows of tables with a column of "public"."d": the column IS NULL
-- scans_table: reads every row of every table with a column of "public"."d"
ALTER DOMAIN "public"."d" SET NOT NULL;
SELECT pg_catalog.jsonb_build_object('stage', 2, 'transaction', pg_catalog.pg_current_xact_id()::text, 'kept', :'fleetdrift_kept'::jsonb) \g (format=unaligned tuples_only=on) :fleetdrift_new
\set fleetdrift_moved `mv -f -- :'fleetdrift_new' :'fleetdrift_file'`
\endif
COMMIT;

BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE \; :fleetdrift_pin;
SELECT :fleetdrift_stage > 2 AS fleetdrift_done \gset
\if :fleetdrift_done
\else
SET LOCAL lock_timeout = '3000ms'; SET LOCAL statement_timeout = '0ms';
-- blocks_writes: holds SHARE ROW EXCLUSIVE or SHARE on every table with a column of "public"."d": writes wait, reads go on
-- fails_on_rows: rows of tables with a column of "public"."d": NOT ((VALUE > 0))
-- scans_table: reads every row of every table with a column of "public"."d"
ALTER DOMAIN "public"."d" ADD CONSTRAINT "positive" CHECK ((VALUE > 0));
\endif
COMMIT;

\set fleetdrift_removed `rm -f -- :'fleetdrift_file'`
