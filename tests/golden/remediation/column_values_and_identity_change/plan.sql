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
-- Notes what goes with what is dropped below and comes again: owner, grants, comments, labels, position.
DECLARE
    item record;
    facts jsonb;
    stranger text;
    place oid;
BEGIN
    FOR item IN
        SELECT kept.*, o.owner, o.relation, (
                SELECT pg_catalog.jsonb_agg(
                    pg_catalog.jsonb_build_array(g.grantor::int8, g.grantee::int8, g.privilege_type, g.is_grantable)
                    ORDER BY g.place
                )
                FROM pg_catalog.aclexplode(o.acl)
                    WITH ORDINALITY AS g(grantor, grantee, privilege_type, is_grantable, place)
            ) AS acl
        FROM (VALUES ('pg_class', $n$SEQUENCE "public"."t_a_seq"$n$, pg_catalog.to_regclass($n$"public"."t_a_seq"$n$)::oid, NULL)) AS kept(catalog, spelling, id, part)
        LEFT JOIN LATERAL (
            SELECT c.relowner, COALESCE(
                c.relacl, pg_catalog.acldefault(CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", c.relowner)
            ), c.oid
            FROM pg_catalog.pg_class c
            WHERE kept.catalog = 'pg_class' AND c.oid = kept.id AND c.relkind NOT IN ('i', 'I')
            UNION ALL
            SELECT p.proowner, COALESCE(p.proacl, pg_catalog.acldefault('f', p.proowner)), NULL
            FROM pg_catalog.pg_proc p WHERE kept.catalog = 'pg_proc' AND p.oid = kept.id
            UNION ALL
            SELECT t.typowner, COALESCE(t.typacl, pg_catalog.acldefault('T', t.typowner)), NULLIF(t.typrelid, 0)
            FROM pg_catalog.pg_type t WHERE kept.catalog = 'pg_type' AND t.oid = kept.id
            UNION ALL
            SELECT s.stxowner, NULL, NULL
            FROM pg_catalog.pg_statistic_ext s WHERE kept.catalog = 'pg_statistic_ext' AND s.oid = kept.id
        ) AS o(owner, acl, relation) ON true
        WHERE kept.id IS NOT NULL
    LOOP
        facts := pg_catalog.jsonb_build_object('owner', item.owner::int8, 'acl', item.acl, 'comment', CASE
            WHEN item.part IS NULL THEN pg_catalog.obj_description(item.id, item.catalog::name)
        END, 'labels', (
            SELECT pg_catalog.jsonb_agg(pg_catalog.jsonb_build_array(a.attname, l.provider, l.label))
            FROM pg_catalog.pg_seclabel l
            LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = l.objoid AND a.attnum = l.objsubid AND l.objsubid > 0
            WHERE l.objoid = item.id AND l.classoid = ('pg_catalog.' || item.catalog)::regclass
                AND (item.part IS NULL OR a.attname = item.part)
        ));
        IF item.part IS NOT NULL THEN
            facts := facts - 'acl';
        ELSIF item.spelling LIKE 'SEQUENCE %' THEN
            -- nextval of others would be lost between here and the drop
            stranger := (
                SELECT pg_catalog.format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', d.refobjid::regclass)
                FROM pg_catalog.pg_depend d
                WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = item.id
                    AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.deptype IN ('a', 'i')
                    AND d.refobjsubid > 0
            );
            EXECUTE COALESCE(stranger, pg_catalog.format('ALTER %s OWNED BY NONE', item.spelling));
            EXECUTE pg_catalog.format(
                'SELECT pg_catalog.jsonb_build_array(s.last_value, s.is_called) FROM %s s', item.id::regclass
            ) INTO stranger;
            facts := facts || pg_catalog.jsonb_build_object('position', stranger::jsonb);
        END IF;
        facts := pg_catalog.jsonb_strip_nulls(facts) - '{acl,comment,labels}'::text[];
        stranger := (
            SELECT r.rolname FROM pg_catalog.pg_roles r
            WHERE (r.oid = (facts ->> 'owner')::oid OR r.oid IN (
                    SELECT (g.value ->> 0)::oid FROM pg_catalog.jsonb_array_elements(facts -> 'acl') AS g(value)
                )) AND NOT pg_catalog.pg_has_role(r.oid, 'MEMBER')
            LIMIT 1
        );
        IF stranger IS NOT NULL THEN
            RAISE EXCEPTION 'fleetdrift: % is made again, and % may not act for %, to whom it or a grant on it belongs',
                item.spelling, current_user, stranger USING ERRCODE = '42501';
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
-- Gives back what was noted of what is here again.
DECLARE
    item record;
    entry record;
    owner oid;
    acl jsonb;
    role text := pg_catalog.current_setting('role');
BEGIN
    FOR item IN
        SELECT kept.*, o.owner, o.relation, k.place, k.facts
        FROM (VALUES ('pg_class', $n$SEQUENCE "public"."t_a_seq"$n$, $n$SEQUENCE "public"."t_a_seq"$n$, pg_catalog.to_regclass($n$"public"."t_a_seq"$n$)::oid, NULL)) AS kept(catalog, spelling, target, id, part)
        JOIN LATERAL (SELECT NULL, NULLIF(pg_catalog.current_setting('fleetdrift.kept', true), '')::jsonb -> kept.spelling) AS k(place, facts) ON k.facts IS NOT NULL
        LEFT JOIN LATERAL (
            SELECT c.relowner, COALESCE(
                c.relacl, pg_catalog.acldefault(CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", c.relowner)
            ), c.oid
            FROM pg_catalog.pg_class c
            WHERE kept.catalog = 'pg_class' AND c.oid = kept.id AND c.relkind NOT IN ('i', 'I')
            UNION ALL
            SELECT p.proowner, COALESCE(p.proacl, pg_catalog.acldefault('f', p.proowner)), NULL
            FROM pg_catalog.pg_proc p WHERE kept.catalog = 'pg_proc' AND p.oid = kept.id
            UNION ALL
            SELECT t.typowner, COALESCE(t.typacl, pg_catalog.acldefault('T', t.typowner)), NULLIF(t.typrelid, 0)
            FROM pg_catalog.pg_type t WHERE kept.catalog = 'pg_type' AND t.oid = kept.id
            UNION ALL
            SELECT s.stxowner, NULL, NULL
            FROM pg_catalog.pg_statistic_ext s WHERE kept.catalog = 'pg_statistic_ext' AND s.oid = kept.id
        ) AS o(owner, acl, relation) ON true
        WHERE kept.id IS NOT NULL
    LOOP
        -- an owned sequence follows its table
        IF false AND item.part IS NULL AND item.owner <> (item.facts ->> 'owner')::oid AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_depend d
            WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = item.id AND item.spelling LIKE 'SEQUENCE %'
                AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.deptype IN ('a', 'i')
        ) THEN
            EXECUTE pg_catalog.format(
                'ALTER %s OWNER TO %I', item.spelling, pg_catalog.pg_get_userbyid((item.facts ->> 'owner')::oid)
            );
        END IF;
        SELECT o.owner, (
                SELECT pg_catalog.jsonb_agg(
                    pg_catalog.jsonb_build_array(g.grantor::int8, g.grantee::int8, g.privilege_type, g.is_grantable)
                    ORDER BY g.place
                )
                FROM pg_catalog.aclexplode(o.acl)
                    WITH ORDINALITY AS g(grantor, grantee, privilege_type, is_grantable, place)
            ) INTO owner, acl
        FROM (SELECT item.catalog, item.id) AS kept(catalog, id) CROSS JOIN LATERAL (
            SELECT c.relowner, COALESCE(
                c.relacl, pg_catalog.acldefault(CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", c.relowner)
            ), c.oid
            FROM pg_catalog.pg_class c
            WHERE kept.catalog = 'pg_class' AND c.oid = kept.id AND c.relkind NOT IN ('i', 'I')
            UNION ALL
            SELECT p.proowner, COALESCE(p.proacl, pg_catalog.acldefault('f', p.proowner)), NULL
            FROM pg_catalog.pg_proc p WHERE kept.catalog = 'pg_proc' AND p.oid = kept.id
            UNION ALL
            SELECT t.typowner, COALESCE(t.typacl, pg_catalog.acldefault('T', t.typowner)), NULLIF(t.typrelid, 0)
            FROM pg_catalog.pg_type t WHERE kept.catalog = 'pg_type' AND t.oid = kept.id
            UNION ALL
            SELECT s.stxowner, NULL, NULL
            FROM pg_catalog.pg_statistic_ext s WHERE kept.catalog = 'pg_statistic_ext' AND s.oid = kept.id
        ) AS o(owner, acl, relation);
        IF acl IS NOT DISTINCT FROM item.facts -> 'acl' THEN
            item.facts := item.facts - 'acl';
        END IF;
        FOR entry IN
            SELECT DISTINCT (g.value ->> 1)::oid AS grantee FROM pg_catalog.jsonb_array_elements(acl) AS g(value)
            WHERE item.facts ? 'acl'
        LOOP
            EXECUTE pg_catalog.format('REVOKE ALL ON %s FROM %s CASCADE', item.target, CASE
                WHEN entry.grantee = 0 THEN 'PUBLIC'
                ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(entry.grantee))
            END);
        END LOOP;
        FOR entry IN
            SELECT pg_catalog.format('GRANT %s%s ON %s TO %s%s', g.acl ->> 2, g.part, item.target, CASE
                    WHEN (g.acl ->> 1)::int8 = 0 THEN 'PUBLIC'
                    WHEN g.acl ->> 1 = item.facts ->> 'owner'
                        THEN pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(owner))
                    ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid((g.acl ->> 1)::oid))
                END, CASE WHEN (g.acl ->> 3)::bool THEN ' WITH GRANT OPTION' ELSE '' END) AS command,
                CASE
                    WHEN g.acl ->> 0 IN (owner::text, item.facts ->> 'owner') THEN role
                    ELSE pg_catalog.pg_get_userbyid((g.acl ->> 0)::oid)
                END AS giver
            FROM (
                SELECT '', a.value, 0, '', a.place
                FROM pg_catalog.jsonb_array_elements(item.facts -> 'acl') WITH ORDINALITY AS a(value, place)
                UNION ALL
                SELECT pg_catalog.format(' (%I)', c.key), a.value, 1, c.key, a.place
                FROM pg_catalog.jsonb_each(item.facts -> 'columns') AS c
                JOIN pg_catalog.pg_attribute n
                    ON n.attrelid = item.relation AND n.attname = c.key AND NOT n.attisdropped
                CROSS JOIN LATERAL pg_catalog.jsonb_array_elements(NULLIF(c.value -> 0, 'null'))
                    WITH ORDINALITY AS a(value, place)
            ) AS g(part, acl, rank, key, place)
            WHERE false AND ((g.acl ->> 1)::int8 = 0 OR EXISTS (
                SELECT FROM pg_catalog.pg_roles r WHERE r.oid = (g.acl ->> 1)::oid
            ))
            ORDER BY g.rank, g.key, g.place
        LOOP
            PERFORM pg_catalog.set_config('role', entry.giver, true);
            EXECUTE entry.command;
            PERFORM pg_catalog.set_config('role', role, true);
        END LOOP;
        FOR entry IN
            SELECT pg_catalog.format('COMMENT ON %s IS %L', item.spelling, item.facts ->> 'comment') AS command
            WHERE item.facts ? 'comment'
            UNION ALL
            SELECT pg_catalog.format('COMMENT ON COLUMN %s.%I IS %L', item.relation::regclass, c.key, c.value ->> 1)
            FROM pg_catalog.jsonb_each(item.facts -> 'columns') AS c
            JOIN pg_catalog.pg_attribute n ON n.attrelid = item.relation AND n.attname = c.key AND NOT n.attisdropped
            WHERE false AND c.value ->> 1 IS NOT NULL
            UNION ALL
            SELECT pg_catalog.format('SECURITY LABEL FOR %I ON %s IS %L', l.value ->> 1, CASE
                    WHEN l.value ->> 0 IS NULL THEN item.spelling
                    ELSE pg_catalog.format('COLUMN %s.%I', item.relation::regclass, l.value ->> 0)
                END, l.value ->> 2)
            FROM pg_catalog.jsonb_array_elements(item.facts -> 'labels') AS l
        LOOP
            EXECUTE entry.command;
        END LOOP;
        IF item.facts ? 'position' THEN
            PERFORM pg_catalog.setval(
                s.seqrelid, LEAST(GREATEST((item.facts -> 'position' ->> 0)::int8, s.seqmin), s.seqmax),
                (item.facts -> 'position' ->> 1)::bool
            ) FROM pg_catalog.pg_sequence s WHERE s.seqrelid = item.id;
        END IF;
        
    END LOOP;
END
$fleetdrift$;
COMMIT;
