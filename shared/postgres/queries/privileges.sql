-- What initdb and extensions made, where somebody has granted or revoked since (pg_init_privs says what they granted).
WITH initial_object AS MATERIALIZED (
    SELECT o.*, COALESCE(o.initial, acldefault(o.type, o.owner)) AS granted
    FROM (
        SELECT '1255:' || p.oid || ':0' AS address, p.pronamespace AS namespace, p.proname::text AS name,
            CASE p.prokind WHEN 'a' THEN 'aggregate' ELSE 'routine' END AS of, '' AS parent,
            CASE
                WHEN p.prokind = 'a' AND p.proargmodes IS NOT NULL THEN pg_get_function_identity_arguments(p.oid)
                WHEN p.prokind = 'a' AND p.pronargs = 0 THEN '*'
                ELSE array_to_string(ARRAY(
                    SELECT format_type(a.type, NULL) FROM unnest(p.proargtypes) WITH ORDINALITY AS a(type, position) ORDER BY a.position
                ), ', ')
            END AS signature,
            p.proowner AS owner, p.proacl AS acl, i.initprivs AS initial, 'f'::"char" AS type
        FROM pg_proc p
        LEFT JOIN pg_init_privs i ON i.classoid = 'pg_proc'::regclass AND i.objoid = p.oid
        WHERE p.proacl IS DISTINCT FROM i.initprivs
            AND (p.oid < 16384 OR p.oid IN (SELECT m.objid FROM member m WHERE m.classid = 'pg_proc'::regclass))
        UNION ALL
        SELECT '1259:' || c.oid || ':0', c.relnamespace, c.relname::text,
            CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized_view' WHEN 'S' THEN 'sequence' WHEN 'f' THEN 'foreign_table' ELSE 'table' END,
            '', '', c.relowner, c.relacl, i.initprivs, CASE c.relkind WHEN 'S' THEN 's'::"char" ELSE 'r'::"char" END
        FROM pg_class c
        LEFT JOIN pg_init_privs i ON i.classoid = 'pg_class'::regclass AND i.objoid = c.oid AND i.objsubid = 0
        WHERE c.relacl IS DISTINCT FROM i.initprivs AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
            AND (c.oid < 16384 OR c.oid IN (SELECT m.objid FROM member m WHERE m.classid = 'pg_class'::regclass))
        UNION ALL
        SELECT '1259:' || a.attrelid || ':' || a.attnum, c.relnamespace, a.attname::text, 'column', c.relname::text, '',
            c.relowner, a.attacl, i.initprivs, 'c'
        FROM pg_attribute a
        JOIN pg_class c ON c.oid = a.attrelid
        LEFT JOIN pg_init_privs i ON i.classoid = 'pg_class'::regclass AND i.objoid = a.attrelid AND i.objsubid = a.attnum
        WHERE a.attacl IS DISTINCT FROM i.initprivs AND a.attnum > 0 AND NOT a.attisdropped
            AND (c.oid < 16384 OR c.oid IN (SELECT m.objid FROM member m WHERE m.classid = 'pg_class'::regclass))
        UNION ALL
        SELECT '1247:' || t.oid || ':0', t.typnamespace, t.typname::text,
            CASE t.typtype WHEN 'c' THEN 'composite_type' WHEN 'd' THEN 'domain_type' WHEN 'e' THEN 'enum_type' WHEN 'r' THEN 'range_type' ELSE 'base_type' END,
            '', '', t.typowner, t.typacl, i.initprivs, 'T'
        FROM pg_type t
        LEFT JOIN pg_init_privs i ON i.classoid = 'pg_type'::regclass AND i.objoid = t.oid
        WHERE t.typacl IS DISTINCT FROM i.initprivs
            AND (t.oid < 16384 OR t.oid IN (SELECT m.objid FROM member m WHERE m.classid = 'pg_type'::regclass))
        UNION ALL
        -- `public` is the users', whoever made it.
        SELECT '2615:' || s.oid || ':0', 0, s.nspname::text, 'namespace', '', '', s.nspowner, s.nspacl, i.initprivs, 'n'
        FROM pg_namespace s
        LEFT JOIN pg_init_privs i ON i.classoid = 'pg_namespace'::regclass AND i.objoid = s.oid
        WHERE s.nspacl IS DISTINCT FROM i.initprivs AND s.oid <> 2200
            AND (s.oid < 16384 OR s.oid IN (SELECT m.objid FROM member m WHERE m.classid = 'pg_namespace'::regclass))
        UNION ALL
        SELECT '2612:' || l.oid || ':0', 0, l.lanname::text, 'language', '', '', l.lanowner, l.lanacl, i.initprivs, 'l'
        FROM pg_language l
        LEFT JOIN pg_init_privs i ON i.classoid = 'pg_language'::regclass AND i.objoid = l.oid
        WHERE l.lanacl IS DISTINCT FROM i.initprivs
            AND (l.oid < 16384 OR l.oid IN (SELECT m.objid FROM member m WHERE m.classid = 'pg_language'::regclass))
        UNION ALL
        SELECT '2328:' || w.oid || ':0', 0, w.fdwname::text, 'foreign_data_wrapper', '', '', w.fdwowner, w.fdwacl, i.initprivs, 'F'
        FROM pg_foreign_data_wrapper w
        LEFT JOIN pg_init_privs i ON i.classoid = 'pg_foreign_data_wrapper'::regclass AND i.objoid = w.oid
        WHERE w.fdwacl IS DISTINCT FROM i.initprivs
            AND w.oid IN (SELECT m.objid FROM member m WHERE m.classid = 'pg_foreign_data_wrapper'::regclass)
        UNION ALL
        SELECT '1417:' || f.oid || ':0', 0, f.srvname::text, 'foreign_server', '', '', f.srvowner, f.srvacl, i.initprivs, 'S'
        FROM pg_foreign_server f
        LEFT JOIN pg_init_privs i ON i.classoid = 'pg_foreign_server'::regclass AND i.objoid = f.oid
        WHERE f.srvacl IS DISTINCT FROM i.initprivs
            AND f.oid IN (SELECT m.objid FROM member m WHERE m.classid = 'pg_foreign_server'::regclass)
    ) AS o
    -- A namespace's tenant has nothing outside of it. What initdb granted in information_schema is written nowhere: it
    -- loads that after it has filled pg_init_privs.
    WHERE ($1::text = '' OR o.namespace IN (SELECT s.oid FROM scope s))
        AND o.namespace <> 'information_schema'::regnamespace AND o.address <> '2615:' || 'information_schema'::regnamespace::oid || ':0'
),
initial_grant AS MATERIALIZED (
    -- Whoever owned it then gave all of it: that is the owner's, whoever it is now.
    SELECT i.address,
        CASE x.grantee WHEN first.owner THEN i.owner ELSE x.grantee END AS grantee,
        CASE x.grantor WHEN first.owner THEN i.owner ELSE x.grantor END AS grantor,
        x.privilege_type,
        x.is_grantable
    FROM initial_object i
    CROSS JOIN LATERAL aclexplode(i.granted) AS x
    CROSS JOIN LATERAL (SELECT y.grantor AS owner FROM aclexplode(i.granted) WITH ORDINALITY AS y ORDER BY y.ordinality LIMIT 1) AS first
)
-- A list that says what PostgreSQL says by default is no list; the order of grants is not drift.
SELECT
    '0:0:0' AS address,
    c.namespace,
    c.name,
    c.of,
    c.parent,
    c.signature,
    listed.grants,
    NULL::json AS revoked,
    NULL::boolean AS beside_initial
FROM carrier c
JOIN owned o ON o.address = c.address AND o.acl IS NOT NULL
CROSS JOIN database_owner d
CROSS JOIN LATERAL (
    SELECT {grants:o.acl:o.owner} AS grants, {grants:acldefault(o.type, o.owner):o.owner} AS defaults
) AS listed
WHERE listed.grants::text <> listed.defaults::text
UNION ALL
-- Of what initdb or an extension made: what was granted beside their own grants, and what was taken from those.
SELECT
    '0:0:0',
    COALESCE(n.name, ''),
    i.name,
    i.of,
    i.parent,
    i.signature,
    {grants:changed.added:i.owner},
    {grants:changed.removed:i.owner},
    true
FROM initial_object i
LEFT JOIN naming n ON n.oid = i.namespace
CROSS JOIN database_owner d
CROSS JOIN LATERAL (
    SELECT
        (
            SELECT array_agg(makeaclitem(a.grantee, a.grantor, a.privilege_type, a.is_grantable)) FROM (
                SELECT x.grantee, x.grantor, x.privilege_type, x.is_grantable FROM aclexplode(COALESCE(i.acl, acldefault(i.type, i.owner))) AS x
                EXCEPT SELECT y.grantee, y.grantor, y.privilege_type, y.is_grantable FROM initial_grant y WHERE y.address = i.address
            ) AS a
        ) AS added,
        (
            SELECT array_agg(makeaclitem(a.grantee, a.grantor, a.privilege_type, a.is_grantable)) FROM (
                SELECT y.grantee, y.grantor, y.privilege_type, y.is_grantable FROM initial_grant y WHERE y.address = i.address
                EXCEPT SELECT x.grantee, x.grantor, x.privilege_type, x.is_grantable FROM aclexplode(COALESCE(i.acl, acldefault(i.type, i.owner))) AS x
            ) AS a
        ) AS removed
) AS changed
WHERE changed.added IS NOT NULL OR changed.removed IS NOT NULL
