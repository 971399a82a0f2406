-- fleetdrift remediation
-- not proven: no attempt was made
-- with rows: not tried: no attempt was made
-- 10 statements in 1 transaction
-- blocks_reads: constraint public.x.x_b_fkey, constraint public.y.y_a_fkey, owner of table public.a and 3 more
-- blocks_writes: constraint public.a.a_b_fkey, constraint public.b.b_a_fkey
-- breaks_readers: constraint public.x.x_b_fkey, constraint public.y.y_a_fkey
-- loses_data: table public.x, table public.y

\set ON_ERROR_STOP on

-- What each transaction pins, whatever settings the database or the role has of its own.
\set fleetdrift_pin 'SET LOCAL quote_all_identifiers = ''off'' \\; SET LOCAL search_path = pg_catalog, pg_temp \\; SET LOCAL TimeZone = ''UTC'' \\; SET LOCAL DateStyle = ''ISO, MDY'' \\; SET LOCAL IntervalStyle = ''postgres'' \\; SET LOCAL bytea_output = ''hex'' \\; SET LOCAL extra_float_digits = ''1'' \\; SET LOCAL lc_monetary = ''C'' \\; SET LOCAL xmlbinary = ''base64'' \\; SET LOCAL xmloption = ''content'' \\; SET LOCAL standard_conforming_strings = ''on'' \\; SET LOCAL row_security = ''off'' \\; SET LOCAL client_encoding = ''UTF8'' \\; SET LOCAL client_min_messages = ''warning'' \\; SET LOCAL escape_string_warning = ''off'' \\; SET LOCAL backslash_quote = ''safe_encoding'' \\; SET LOCAL array_nulls = ''on'' \\; SET LOCAL transform_null_equals = ''off'' \\; SET LOCAL lc_numeric = ''C'' \\; SET LOCAL lc_time = ''C'' \\; SET LOCAL check_function_bodies = ''off'' \\; SET LOCAL default_tablespace = '''' \\; SET LOCAL default_table_access_method = ''heap'' \\; SET LOCAL synchronize_seqscans = ''off'' \\; SET LOCAL idle_in_transaction_session_timeout = ''60s'''

-- stage 1 of 1, in one transaction
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."x": reads and writes wait
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."y": reads and writes wait
-- blocks_writes: holds SHARE ROW EXCLUSIVE or SHARE on "public"."b": writes wait, reads go on
-- blocks_writes: holds SHARE ROW EXCLUSIVE or SHARE on "public"."a": writes wait, reads go on
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."a": reads and writes wait
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."b": reads and writes wait
BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE \; :fleetdrift_pin;
SET LOCAL lock_timeout = '3000ms'; SET LOCAL statement_timeout = '0ms';
-- breaks_readers: what the constraint guaranteed is not guaranteed any more
ALTER TABLE "public"."x" DROP CONSTRAINT "x_b_fkey";
-- breaks_readers: what the constraint guaranteed is not guaranteed any more
ALTER TABLE "public"."y" DROP CONSTRAINT "y_a_fkey";
CREATE TABLE "public"."a" (
    "id" integer NOT NULL,
    "b" integer,
    CONSTRAINT "a_pkey" PRIMARY KEY (id)
);
CREATE TABLE "public"."b" (
    "id" integer NOT NULL,
    "a" integer,
    CONSTRAINT "b_pkey" PRIMARY KEY (id)
);
ALTER TABLE "public"."a" ADD CONSTRAINT "a_b_fkey" FOREIGN KEY (b) REFERENCES public.b(id);
ALTER TABLE "public"."b" ADD CONSTRAINT "b_a_fkey" FOREIGN KEY (a) REFERENCES public.a(id);
DO 'BEGIN EXECUTE pg_catalog.format(''ALTER TABLE "public"."a" OWNER TO %1$I'', (SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())); END';
DO 'BEGIN EXECUTE pg_catalog.format(''ALTER TABLE "public"."b" OWNER TO %1$I'', (SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())); END';
-- loses_data: every row of "public"."x" cannot be brought back
DROP TABLE "public"."x";
-- loses_data: every row of "public"."y" cannot be brought back
DROP TABLE "public"."y";
COMMIT;
