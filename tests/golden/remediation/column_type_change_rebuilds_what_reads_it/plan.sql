-- fleetdrift remediation
-- not proven: no attempt was made
-- with rows: not tried: no attempt was made
-- 10 statements in 2 transactions
-- blocks_reads: materialized view public.m, view public.v, column public.orders.total and 2 more
-- breaks_readers: materialized view public.m, view public.v
-- rewrites_table: column public.orders.total
-- scans_table: materialized view public.m

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

-- stage 1 of 2, in one transaction
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."m": reads and writes wait
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."v": reads and writes wait
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."orders": reads and writes wait
BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE \; :fleetdrift_pin;
SELECT :fleetdrift_stage > 0 AS fleetdrift_done \gset
\if :fleetdrift_done
\else
SET LOCAL lock_timeout = '3000ms'; SET LOCAL statement_timeout = '0ms';
-- breaks_readers: queries of "public"."m" fail
DROP MATERIALIZED VIEW "public"."m";
-- breaks_readers: queries of "public"."v" fail
DROP VIEW "public"."v";
-- rewrites_table: rewrites "public"."orders" and its indexes under the lock; --recipe online fills a second column in batches instead: nobody waits for long, and it takes as much space again and fires triggers for UPDATE
ALTER TABLE "public"."orders" ALTER COLUMN "total" SET DATA TYPE numeric(14,4);
CREATE VIEW "public"."v" AS
 SELECT id,
    (total * (2)::numeric) AS double
   FROM public.orders
  WHERE ((status)::text = ANY ((ARRAY['new'::character varying, 'paid'::character varying]::character varying[])::text[]));
CREATE MATERIALIZED VIEW "public"."m" AS
 SELECT double
   FROM public.v
WITH NO DATA;
CREATE INDEX "m_i" ON public.m USING btree (double);
DO 'BEGIN EXECUTE pg_catalog.format(''ALTER MATERIALIZED VIEW "public"."m" OWNER TO %1$I'', (SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())); END';
DO 'BEGIN EXECUTE pg_catalog.format(''ALTER VIEW "public"."v" OWNER TO %1$I'', (SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())); END';
COMMENT ON VIEW "public"."v" IS 'twice';
SELECT pg_catalog.jsonb_build_object('stage', 1, 'transaction', pg_catalog.pg_current_xact_id()::text, 'kept', :'fleetdrift_kept'::jsonb) \g (format=unaligned tuples_only=on) :fleetdrift_new
\set fleetdrift_moved `mv -f -- :'fleetdrift_new' :'fleetdrift_file'`
\endif
COMMIT;

-- stage 2 of 2, in one transaction
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."m": reads and writes wait
BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE \; :fleetdrift_pin;
SELECT :fleetdrift_stage > 1 AS fleetdrift_done \gset
\if :fleetdrift_done
\else
SET LOCAL lock_timeout = '3000ms'; SET LOCAL statement_timeout = '0ms';
-- scans_table: reads every row of what "public"."m" selects from
REFRESH MATERIALIZED VIEW "public"."m";
\endif
COMMIT;

\set fleetdrift_removed `rm -f -- :'fleetdrift_file'`
