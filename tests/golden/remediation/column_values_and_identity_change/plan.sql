-- fleetdrift remediation
-- not proven: no attempt was made
-- with rows: not tried: no attempt was made
-- 12 statements in 1 transaction
-- blocks_reads: sequence public.t_a_seq, column public.t.a, column public.t.b and 2 more
-- breaks_readers: column public.t.a, sequence public.t_a_seq
-- loses_data: sequence public.t_a_seq
-- rewrites_table: column public.t.c

\set ON_ERROR_STOP on

-- What each transaction pins, whatever settings the database or the role has of its own.
\set fleetdrift_pin 'SET LOCAL quote_all_identifiers = ''off'' \\; SET LOCAL search_path = pg_catalog, pg_temp \\; SET LOCAL TimeZone = ''UTC'' \\; SET LOCAL DateStyle = ''ISO, MDY'' \\; SET LOCAL IntervalStyle = ''postgres'' \\; SET LOCAL bytea_output = ''hex'' \\; SET LOCAL extra_float_digits = ''1'' \\; SET LOCAL lc_monetary = ''C'' \\; SET LOCAL xmlbinary = ''base64'' \\; SET LOCAL xmloption = ''content'' \\; SET LOCAL standard_conforming_strings = ''on'' \\; SET LOCAL row_security = ''off'' \\; SET LOCAL client_encoding = ''UTF8'' \\; SET LOCAL client_min_messages = ''warning'' \\; SET LOCAL escape_string_warning = ''off'' \\; SET LOCAL backslash_quote = ''safe_encoding'' \\; SET LOCAL array_nulls = ''on'' \\; SET LOCAL transform_null_equals = ''off'' \\; SET LOCAL lc_numeric = ''C'' \\; SET LOCAL lc_time = ''C'' \\; SET LOCAL check_function_bodies = ''off'' \\; SET LOCAL default_tablespace = '''' \\; SET LOCAL default_table_access_method = ''heap'' \\; SET LOCAL synchronize_seqscans = ''off'' \\; SET LOCAL idle_in_transaction_session_timeout = ''60s'''

\set fleetdrift_kept '{}'
-- stage 1 of 1, in one transaction
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."t": reads and writes wait
BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE \; :fleetdrift_pin;
SET LOCAL lock_timeout = '3000ms'; SET LOCAL statement_timeout = '0ms';
DO $fleetdrift$
-- Keeps sequences still: what others take between here and the drop would be given out twice.
BEGIN
    LOCK TABLE "public"."t" IN ACCESS EXCLUSIVE MODE;
END
$fleetdrift$;
SELECT :'fleetdrift_kept'::jsonb || (
-- Notes position of what is dropped below and comes again.
SELECT COALESCE(pg_catalog.jsonb_object_agg(kept.spelling, pg_catalog.jsonb_build_object(
    'position', kept.position
)), '{}')
FROM (VALUES
    ($n$SEQUENCE "public"."t_a_seq"$n$, 'pg_class', pg_catalog.to_regclass($n$"public"."t_a_seq"$n$)::oid, NULL::name, (SELECT pg_catalog.jsonb_build_array(s.last_value, s.is_called) FROM "public"."t_a_seq" s))
) AS kept(spelling, catalog, id, part, position)
WHERE kept.id IS NOT NULL
) AS fleetdrift_kept \gset
-- breaks_readers: inserts that leave the column out get another value, or fail
ALTER TABLE ONLY "public"."t" ALTER COLUMN "a" DROP DEFAULT;
-- breaks_readers: nextval of "public"."t_a_seq" fails
-- loses_data: the position of "public"."t_a_seq" cannot be brought back
DROP SEQUENCE "public"."t_a_seq";
-- breaks_readers: inserts that leave the column out get another value, or fail
ALTER TABLE "public"."t" ALTER COLUMN "a" ADD GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME "public"."t_a_seq" MINVALUE 5 START WITH 10);
ALTER TABLE ONLY "public"."t" ALTER COLUMN "b" SET DEFAULT 2;
ALTER TABLE ONLY "public"."t" ALTER COLUMN "b" SET STATISTICS 50;
ALTER TABLE ONLY "public"."t" ALTER COLUMN "b" SET (n_distinct=-0.5);
-- rewrites_table: rewrites "public"."t" and its indexes under the lock
ALTER TABLE "public"."t" ALTER COLUMN "c" SET EXPRESSION AS ((b * 3));
ALTER TABLE ONLY "public"."t" ALTER COLUMN "d" SET STORAGE EXTERNAL;
ALTER TABLE ONLY "public"."t" ALTER COLUMN "d" SET COMPRESSION pglz;
SELECT pg_catalog.set_config('fleetdrift.kept', :'fleetdrift_kept', true) AS fleetdrift_kept \gset
DO $fleetdrift$
-- Gives it back.
DECLARE
    facts CONSTANT jsonb := pg_catalog.current_setting('fleetdrift.kept');
    runner CONSTANT text := pg_catalog.current_setting('role');
    item record;
    given record;
BEGIN
    FOR item IN
        SELECT kept.*, n.nspname, c.relname, facts -> kept.spelling AS facts
        FROM (VALUES
            ($n$SEQUENCE "public"."t_a_seq"$n$, $n$SEQUENCE "public"."t_a_seq"$n$, pg_catalog.to_regclass($n$"public"."t_a_seq"$n$)::oid, NULL::name)
        ) AS kept(spelling, target, id, part)
        LEFT JOIN pg_catalog.pg_class c ON c.oid = kept.id
        LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE kept.id IS NOT NULL
    LOOP
        IF item.facts IS NULL THEN
            RAISE EXCEPTION 'fleetdrift: owner, grants and comments of % are not known any more', item.spelling
                USING HINT = 'They were noted in the progress file of the run that dropped it. Without that file, '
                    'scan again: the next plan makes it as it is declared.';
        END IF;
        PERFORM pg_catalog.setval(
            q.seqrelid, LEAST(GREATEST((item.facts -> 'position' ->> 0)::numeric, q.seqmin), q.seqmax)::int8,
            (item.facts -> 'position' ->> 1)::boolean
        ) FROM pg_catalog.pg_sequence q WHERE q.seqrelid = item.id AND item.facts -> 'position' ->> 0 <> '';
    END LOOP;
END
$fleetdrift$;
COMMIT;
