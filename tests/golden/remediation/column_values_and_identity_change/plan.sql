-- fleetdrift remediation
-- not proven: no attempt was made

\set ON_ERROR_STOP on
SET check_function_bodies = off;
SET client_min_messages = warning;
SET search_path = pg_catalog;

BEGIN;
SET lock_timeout = '3000ms';
SET statement_timeout = '0ms';
DO $fleetdrift$
-- Notes position of what is dropped below and comes again, as commands.
DECLARE
    item record;
    facts jsonb;
    place oid;
    told text;
BEGIN
    FOR item IN SELECT * FROM (VALUES
        ($n$SEQUENCE "public"."t_a_seq"$n$, $n$SEQUENCE "public"."t_a_seq"$n$, 'pg_class', pg_catalog.to_regclass($n$"public"."t_a_seq"$n$)::oid, NULL)
    ) AS kept(spelling, target, catalog, id, part) WHERE kept.id IS NOT NULL
    LOOP
        SELECT
            COALESCE(pg_catalog.jsonb_agg(
                pg_catalog.jsonb_build_array(c.command, c.part) ORDER BY c.step, c.place
            ), '[]'),
            max(pg_catalog.pg_get_userbyid(c.role)) FILTER (WHERE NOT pg_catalog.pg_has_role(c.role, 'MEMBER'))
        INTO facts, told FROM (
            WITH own(owner, acl) AS (SELECT o.relowner, COALESCE(o.relacl, pg_catalog.acldefault(CASE o.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", o.relowner))
                FROM pg_catalog.pg_class o
                WHERE item.catalog = 'pg_class' AND item.target <> '' AND o.oid = item.id)
            SELECT 1, 0, NULL::name, NULL::oid, NULL::text WHERE false
        ) AS c(step, place, part, role, command);
        IF told IS NOT NULL THEN
            RAISE EXCEPTION 'fleetdrift: % is made again, and % may not act for %, to whom it or a grant on it belongs',
                item.spelling, current_user, told USING ERRCODE = '42501';
        END IF;
        IF item.spelling LIKE 'SEQUENCE %' THEN
            -- what others take between here and the drop would be given out twice
            EXECUTE COALESCE((
                SELECT pg_catalog.format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', d.refobjid::regclass)
                FROM pg_catalog.pg_depend d
                WHERE d.objid = item.id AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0
                    AND d.classid = 'pg_catalog.pg_class'::regclass AND d.refclassid = d.classid
            ), pg_catalog.format('ALTER %s OWNED BY NONE', item.spelling));
            EXECUTE pg_catalog.format(
                'SELECT pg_catalog.jsonb_build_array(s.last_value, s.is_called) FROM %s s', item.id::regclass
            ) INTO told;
            facts := facts || pg_catalog.jsonb_build_array(pg_catalog.jsonb_build_array(pg_catalog.format(
                'SELECT pg_catalog.setval(q.seqrelid, LEAST(GREATEST(%s, q.seqmin), q.seqmax), %L)
                FROM pg_catalog.pg_sequence q WHERE q.seqrelid = %L::pg_catalog.regclass',
                told::jsonb ->> 0, told::jsonb ->> 1, item.id::regclass
            ), NULL, told::jsonb));
        END IF;
        PERFORM pg_catalog.set_config('fleetdrift.kept', (
            COALESCE(NULLIF(pg_catalog.current_setting('fleetdrift.kept', true), ''), '{}')::jsonb
            || pg_catalog.jsonb_build_object(item.spelling, facts)
        )::text, false);
    END LOOP;
END
$fleetdrift$;
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."t": reads and writes wait
-- breaks_readers: inserts that leave the column out get another value, or fail
ALTER TABLE ONLY "public"."t" ALTER COLUMN "a" DROP DEFAULT;
-- breaks_readers: nextval of "public"."t_a_seq" fails
-- loses_data: the position of "public"."t_a_seq" cannot be brought back
DROP SEQUENCE "public"."t_a_seq";
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."t": reads and writes wait
-- breaks_readers: inserts that leave the column out get another value, or fail
ALTER TABLE "public"."t" ALTER COLUMN "a" ADD GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME "public"."t_a_seq" MINVALUE 5 START WITH 10);
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."t": reads and writes wait
ALTER TABLE ONLY "public"."t" ALTER COLUMN "b" SET DEFAULT 2;
ALTER TABLE ONLY "public"."t" ALTER COLUMN "b" SET STATISTICS 50;
ALTER TABLE ONLY "public"."t" ALTER COLUMN "b" SET (n_distinct=-0.5);
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."t": reads and writes wait
-- rewrites_table: rewrites "public"."t" and its indexes under the lock
ALTER TABLE "public"."t" ALTER COLUMN "c" SET EXPRESSION AS ((b * 3));
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."t": reads and writes wait
ALTER TABLE ONLY "public"."t" ALTER COLUMN "d" SET STORAGE EXTERNAL;
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."t": reads and writes wait
ALTER TABLE ONLY "public"."t" ALTER COLUMN "d" SET COMPRESSION pglz;
DO $fleetdrift$
-- Gives it back.
DECLARE
    item record;
    command text;
    role text := pg_catalog.current_setting('role');
BEGIN
    FOR item IN
        SELECT kept.id, k.place, k.facts FROM (VALUES
            ($n$SEQUENCE "public"."t_a_seq"$n$, pg_catalog.to_regclass($n$"public"."t_a_seq"$n$)::oid)
        ) AS kept(spelling, id) CROSS JOIN LATERAL (SELECT NULL, NULLIF(pg_catalog.current_setting('fleetdrift.kept', true), '')::jsonb -> kept.spelling) AS k(place, facts)
        WHERE kept.id IS NOT NULL AND k.facts IS NOT NULL
    LOOP
        FOR command IN
            SELECT c.value ->> 0 FROM pg_catalog.jsonb_array_elements(item.facts) WITH ORDINALITY AS c(value, place)
            WHERE c.value ->> 1 IS NULL OR EXISTS (
                SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid = item.id AND a.attname = c.value ->> 1
            ) ORDER BY c.place
        LOOP
            EXECUTE command;
            PERFORM pg_catalog.set_config('role', role, true);
        END LOOP;
        
    END LOOP;
END
$fleetdrift$;
COMMIT;
