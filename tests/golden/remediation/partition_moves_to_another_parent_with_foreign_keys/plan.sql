-- fleetdrift remediation
-- not proven: no attempt was made
-- with rows: not tried: no attempt was made
-- 16 statements in 3 transactions, 2 outside of transactions
-- blocks_reads: table public.sales_2024, constraint public.sales_2024.sales_old_shop_fkey, owner of table public.sales and 5 more
-- blocks_writes: table public.sales_2024, constraint public.sales.sales_shop_fkey, index public.sales_by_shop
-- breaks_readers: constraint public.sales_2024.sales_old_shop_fkey, constraint public.sales_2024.sales_2024_day_shop_key
-- builds_index: constraint public.sales_2024.sales_2024_day_shop_key, index public.sales_2024_shop_idx, index public.sales_by_shop
-- fails_on_rows: table public.sales_2024
-- loses_data: table public.sales_old, table public.shops_old
-- scans_table: table public.sales_2024

\set ON_ERROR_STOP on

-- A statement below runs outside of transactions, under settings of the session. So this script connects anew,
-- with an option that no pooler passes on: no application is served by the same server process afterwards.
\set fleetdrift_options ''
\getenv fleetdrift_options PGOPTIONS
\set fleetdrift_connection 'options=''' :fleetdrift_options ' -c search_path=pg_catalog,pg_temp'''
\connect -reuse-previous=on :fleetdrift_connection
SELECT COALESCE((SELECT s.source OPERATOR(pg_catalog.=) 'client' FROM pg_catalog.pg_settings s
    WHERE s.name OPERATOR(pg_catalog.=) 'search_path'), false) AS fleetdrift_own_process \gset
\if :fleetdrift_own_process
\else
DO $$ BEGIN RAISE EXCEPTION 'fleetdrift: a pooler stands in front of the server; connect past it'; END $$;
\endif

-- What each transaction pins, whatever settings the database or the role has of its own.
\set fleetdrift_pin 'SET LOCAL quote_all_identifiers = ''off'' \\; SET LOCAL search_path = pg_catalog, pg_temp \\; SET LOCAL TimeZone = ''UTC'' \\; SET LOCAL DateStyle = ''ISO, MDY'' \\; SET LOCAL IntervalStyle = ''postgres'' \\; SET LOCAL bytea_output = ''hex'' \\; SET LOCAL extra_float_digits = ''1'' \\; SET LOCAL lc_monetary = ''C'' \\; SET LOCAL xmlbinary = ''base64'' \\; SET LOCAL xmloption = ''content'' \\; SET LOCAL standard_conforming_strings = ''on'' \\; SET LOCAL row_security = ''off'' \\; SET LOCAL client_encoding = ''UTF8'' \\; SET LOCAL client_min_messages = ''warning'' \\; SET LOCAL escape_string_warning = ''off'' \\; SET LOCAL backslash_quote = ''safe_encoding'' \\; SET LOCAL array_nulls = ''on'' \\; SET LOCAL transform_null_equals = ''off'' \\; SET LOCAL lc_numeric = ''C'' \\; SET LOCAL lc_time = ''C'' \\; SET LOCAL check_function_bodies = ''off'' \\; SET LOCAL default_tablespace = '''' \\; SET LOCAL default_table_access_method = ''heap'' \\; SET LOCAL synchronize_seqscans = ''off'' \\; SET LOCAL idle_in_transaction_session_timeout = ''60s'''
\set fleetdrift_pin_session 'SET SESSION quote_all_identifiers = ''off'' \\; SET SESSION search_path = pg_catalog, pg_temp \\; SET SESSION TimeZone = ''UTC'' \\; SET SESSION DateStyle = ''ISO, MDY'' \\; SET SESSION IntervalStyle = ''postgres'' \\; SET SESSION bytea_output = ''hex'' \\; SET SESSION extra_float_digits = ''1'' \\; SET SESSION lc_monetary = ''C'' \\; SET SESSION xmlbinary = ''base64'' \\; SET SESSION xmloption = ''content'' \\; SET SESSION standard_conforming_strings = ''on'' \\; SET SESSION row_security = ''off'' \\; SET SESSION client_encoding = ''UTF8'' \\; SET SESSION client_min_messages = ''warning'' \\; SET SESSION escape_string_warning = ''off'' \\; SET SESSION backslash_quote = ''safe_encoding'' \\; SET SESSION array_nulls = ''on'' \\; SET SESSION transform_null_equals = ''off'' \\; SET SESSION lc_numeric = ''C'' \\; SET SESSION lc_time = ''C'' \\; SET SESSION check_function_bodies = ''off'' \\; SET SESSION default_tablespace = '''' \\; SET SESSION default_table_access_method = ''heap'' \\; SET SESSION synchronize_seqscans = ''off'' \\; SET SESSION idle_in_transaction_session_timeout = ''60s'''
\set fleetdrift_unpin_session 'RESET quote_all_identifiers \\; RESET search_path \\; RESET TimeZone \\; RESET DateStyle \\; RESET IntervalStyle \\; RESET bytea_output \\; RESET extra_float_digits \\; RESET lc_monetary \\; RESET xmlbinary \\; RESET xmloption \\; RESET standard_conforming_strings \\; RESET row_security \\; RESET client_encoding \\; RESET client_min_messages \\; RESET escape_string_warning \\; RESET backslash_quote \\; RESET array_nulls \\; RESET transform_null_equals \\; RESET lc_numeric \\; RESET lc_time \\; RESET check_function_bodies \\; RESET default_tablespace \\; RESET default_table_access_method \\; RESET synchronize_seqscans \\; RESET idle_in_transaction_session_timeout \\; RESET lock_timeout \\; RESET statement_timeout'

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

-- stage 1 of 5, in one transaction
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."sales_2024": reads and writes wait
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."sales_old": reads and writes wait
-- blocks_writes: holds SHARE ROW EXCLUSIVE or SHARE on "public"."shops_old": writes wait, reads go on
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."shops_old": reads and writes wait
-- blocks_writes: holds SHARE ROW EXCLUSIVE or SHARE on "public"."shops": writes wait, reads go on
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."sales": reads and writes wait
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."shops": reads and writes wait
BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE \; :fleetdrift_pin;
SELECT :fleetdrift_stage > 0 OR NOT EXISTS (SELECT FROM pg_catalog.pg_constraint p JOIN pg_catalog.pg_class c ON c.oid = p.conrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'sales_2024' AND p.conname = 'sales_old_shop_fkey')
    AND EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'sales' AND c.relkind IN ('r', 'p'))
    AND EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'shops' AND c.relkind IN ('r', 'p'))
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'sales_old' AND c.relkind IN ('r', 'p')) AS fleetdrift_done \gset
\if :fleetdrift_done
\else
SET LOCAL lock_timeout = '3000ms'; SET LOCAL statement_timeout = '0ms';
ALTER TABLE ONLY "public"."sales_old" DETACH PARTITION "public"."sales_2024";
-- breaks_readers: what the constraint guaranteed is not guaranteed any more
ALTER TABLE "public"."sales_2024" DROP CONSTRAINT "sales_old_shop_fkey";
CREATE TABLE "public"."sales" (
    "shop" integer,
    "day" date,
    CONSTRAINT "sales_day_shop_key" UNIQUE (day, shop)
)
PARTITION BY RANGE (day);
CREATE TABLE "public"."shops" (
    "id" integer NOT NULL,
    CONSTRAINT "shops_pkey" PRIMARY KEY (id)
);
ALTER TABLE "public"."sales" ADD CONSTRAINT "sales_shop_fkey" FOREIGN KEY (shop) REFERENCES public.shops(id);
DO 'BEGIN EXECUTE pg_catalog.format(''ALTER TABLE "public"."sales" OWNER TO %1$I'', (SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())); END';
DO 'BEGIN EXECUTE pg_catalog.format(''ALTER TABLE "public"."shops" OWNER TO %1$I'', (SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())); END';
DROP INDEX "public"."sales_2024_shop_idx";
-- breaks_readers: what the constraint guaranteed is not guaranteed any more
ALTER TABLE "public"."sales_2024" DROP CONSTRAINT "sales_2024_day_shop_key";
-- loses_data: every row of "public"."sales_old" cannot be brought back
DROP TABLE "public"."sales_old";
SELECT pg_catalog.jsonb_build_object('stage', 1, 'transaction', pg_catalog.pg_current_xact_id()::text, 'kept', :'fleetdrift_kept'::jsonb) \g (format=unaligned tuples_only=on) :fleetdrift_new
\set fleetdrift_moved `mv -f -- :'fleetdrift_new' :'fleetdrift_file'`
\endif
COMMIT;

-- stage 2 of 5, outside a transaction
BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE \; :fleetdrift_pin;
SELECT :fleetdrift_stage > 1 AS fleetdrift_done \gset
COMMIT;
\if :fleetdrift_done
\else
:fleetdrift_pin_session;
SELECT EXISTS (
    SELECT FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE NOT i.indisvalid AND n.nspname = 'public' AND c.relname = 'sales_2024_day_shop_key'
) AS fleetdrift_invalid \gset
\if :fleetdrift_invalid
SET SESSION lock_timeout = '5s'; SET SESSION statement_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS "public"."sales_2024_day_shop_key";
\endif
SET SESSION lock_timeout = '0ms'; SET SESSION statement_timeout = '0ms';
-- builds_index: builds an index over every row of "public"."sales_2024"
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS "sales_2024_day_shop_key" ON "public"."sales_2024" (day, shop);
:fleetdrift_unpin_session;
SELECT pg_catalog.jsonb_build_object('stage', 2, 'transaction', pg_catalog.pg_current_xact_id()::text, 'kept', :'fleetdrift_kept'::jsonb) \g (format=unaligned tuples_only=on) :fleetdrift_new
\set fleetdrift_moved `mv -f -- :'fleetdrift_new' :'fleetdrift_file'`
\endif

-- stage 3 of 5, in one transaction
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."sales_2024": reads and writes wait
BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE \; :fleetdrift_pin;
SELECT :fleetdrift_stage > 2 AS fleetdrift_done \gset
\if :fleetdrift_done
\else
SET LOCAL lock_timeout = '3000ms'; SET LOCAL statement_timeout = '0ms';
ALTER TABLE "public"."sales_2024" ADD CONSTRAINT "sales_2024_day_shop_key" UNIQUE USING INDEX "sales_2024_day_shop_key";
SELECT pg_catalog.jsonb_build_object('stage', 3, 'transaction', pg_catalog.pg_current_xact_id()::text, 'kept', :'fleetdrift_kept'::jsonb) \g (format=unaligned tuples_only=on) :fleetdrift_new
\set fleetdrift_moved `mv -f -- :'fleetdrift_new' :'fleetdrift_file'`
\endif
COMMIT;

-- stage 4 of 5, outside a transaction
BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE \; :fleetdrift_pin;
SELECT :fleetdrift_stage > 3 AS fleetdrift_done \gset
COMMIT;
\if :fleetdrift_done
\else
:fleetdrift_pin_session;
SELECT EXISTS (
    SELECT FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE NOT i.indisvalid AND n.nspname = 'public' AND c.relname = 'sales_2024_shop_idx'
) AS fleetdrift_invalid \gset
\if :fleetdrift_invalid
SET SESSION lock_timeout = '5s'; SET SESSION statement_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS "public"."sales_2024_shop_idx";
\endif
SET SESSION lock_timeout = '0ms'; SET SESSION statement_timeout = '0ms';
-- builds_index: builds an index over every row of "public"."sales_2024"
CREATE INDEX CONCURRENTLY IF NOT EXISTS "sales_2024_shop_idx" ON public.sales_2024 USING btree (shop);
:fleetdrift_unpin_session;
SELECT pg_catalog.jsonb_build_object('stage', 4, 'transaction', pg_catalog.pg_current_xact_id()::text, 'kept', :'fleetdrift_kept'::jsonb) \g (format=unaligned tuples_only=on) :fleetdrift_new
\set fleetdrift_moved `mv -f -- :'fleetdrift_new' :'fleetdrift_file'`
\endif

-- stage 5 of 5, in one transaction
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."sales_2024": reads and writes wait
-- blocks_writes: holds SHARE ROW EXCLUSIVE or SHARE on "public"."shops": writes wait, reads go on
-- blocks_writes: holds SHARE ROW EXCLUSIVE or SHARE on "public"."sales": writes wait, reads go on
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."shops_old": reads and writes wait
BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE \; :fleetdrift_pin;
SELECT :fleetdrift_stage > 4 OR EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'sales_by_shop' AND c.relkind IN ('i', 'I'))
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'shops_old' AND c.relkind IN ('r', 'p')) AS fleetdrift_done \gset
\if :fleetdrift_done
\else
SET LOCAL lock_timeout = '3000ms'; SET LOCAL statement_timeout = '0ms';
-- fails_on_rows: rows of "public"."sales_2024": NOT ("day" IS NOT NULL AND "day" >= '2024-01-01'::date AND "day" < '2025-01-01'::date)
-- scans_table: reads every row of "public"."sales_2024" unless a CHECK proves the bound
ALTER TABLE ONLY "public"."sales" ATTACH PARTITION "public"."sales_2024" FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
-- builds_index: builds an index over every row of "public"."sales"
CREATE INDEX "sales_by_shop" ON public.sales USING btree (shop);
-- loses_data: every row of "public"."shops_old" cannot be brought back
DROP TABLE "public"."shops_old";
\endif
COMMIT;

\set fleetdrift_removed `rm -f -- :'fleetdrift_file'`
