-- fleetdrift remediation
-- not proven: no attempt was made
-- with rows: not tried: no attempt was made
-- 4 statements in 2 transactions, 1 outside of transactions
-- blocks_reads: constraint public.orders.one_note
-- blocks_writes: constraint public.orders.of_customer
-- builds_index: constraint public.orders.one_note
-- fails_on_rows: constraint public.orders.one_note, constraint public.orders.of_customer
-- scans_table: constraint public.orders.of_customer

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

-- stage 1 of 3, outside a transaction
:fleetdrift_pin_session;
SELECT EXISTS (
    SELECT FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE NOT i.indisvalid AND n.nspname = 'public' AND c.relname = 'one_note'
) AS fleetdrift_invalid \gset
\if :fleetdrift_invalid
SET SESSION lock_timeout = '5s'; SET SESSION statement_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS "public"."one_note";
\endif
SET SESSION lock_timeout = '0ms'; SET SESSION statement_timeout = '0ms';
-- builds_index: builds an index over every row of "public"."orders"
-- fails_on_rows: rows of "public"."orders": equal in ("note")
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS "one_note" ON "public"."orders" (note) NULLS NOT DISTINCT;
:fleetdrift_unpin_session;

-- stage 2 of 3, in one transaction
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."orders": reads and writes wait
-- blocks_writes: holds SHARE ROW EXCLUSIVE or SHARE on "public"."customers": writes wait, reads go on
-- blocks_writes: holds SHARE ROW EXCLUSIVE or SHARE on "public"."orders": writes wait, reads go on
BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE \; :fleetdrift_pin;
SELECT EXISTS (SELECT FROM pg_catalog.pg_constraint p JOIN pg_catalog.pg_class c ON c.oid = p.conrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'orders' AND p.conname = 'one_note')
    AND EXISTS (SELECT FROM pg_catalog.pg_constraint p JOIN pg_catalog.pg_class c ON c.oid = p.conrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'orders' AND p.conname = 'of_customer') AS fleetdrift_done \gset
\if :fleetdrift_done
\else
SET LOCAL lock_timeout = '3000ms'; SET LOCAL statement_timeout = '0ms';
ALTER TABLE "public"."orders" ADD CONSTRAINT "one_note" UNIQUE USING INDEX "one_note" DEFERRABLE;
ALTER TABLE "public"."orders" ADD CONSTRAINT "of_customer" FOREIGN KEY (customer) REFERENCES public.customers(id) ON DELETE CASCADE NOT VALID;
\endif
COMMIT;

-- stage 3 of 3, in one transaction
BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE \; :fleetdrift_pin;
SET LOCAL lock_timeout = '3000ms'; SET LOCAL statement_timeout = '0ms';
-- fails_on_rows: rows of "public"."orders": ("customer") that no row of "public"."customers" has
-- scans_table: reads every row of "public"."orders"
ALTER TABLE "public"."orders" VALIDATE CONSTRAINT "of_customer";
COMMIT;
