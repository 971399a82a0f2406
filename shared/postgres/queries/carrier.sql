-- Only where facets are read: what a facet can be said about, by the identities that the kinds' own queries give.
, database_owner AS MATERIALIZED (
    SELECT d.datdba AS oid FROM pg_database d WHERE d.datname = current_database()
),
carrier AS MATERIALIZED (
    {carriers}
    UNION ALL
    SELECT '1259:' || a.attrelid || ':' || a.attnum, 'column', r.namespace, r.name, a.attname::text, ''
    FROM relation r
    JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE r.relkind IN ('v', 'm')
    UNION ALL
    SELECT '1259:' || a.attrelid || ':' || a.attnum, 'column', s.name, c.relname::text, a.attname::text, ''
    FROM pg_class c
    JOIN scope s ON s.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.relkind = 'c'
    UNION ALL
    -- The index behind a constraint is the constraint's, but can have a comment of its own.
    SELECT '1259:' || i.oid || ':0', 'index', i.namespace, '', i.name, ''
    FROM relation i
    JOIN pg_constraint k ON k.conindid = i.oid AND k.contype IN ('p', 'u', 'x')
    WHERE i.relkind IN ('i', 'I')
    UNION
    -- A not-null constraint that says nothing of its own (v18) is not read, but can have a comment.
    SELECT '2606:' || k.oid || ':0', 'constraint', r.namespace, r.name, k.conname::text, ''
    FROM pg_constraint k
    JOIN relation r ON r.oid = k.conrelid
    WHERE k.contype = 'n'
),
member_address AS MATERIALIZED (
    SELECT m.classid || ':' || m.objid || ':0' AS address FROM member m
),
owned AS MATERIALIZED (
    -- A sequence that belongs to a column follows its table's owner and cannot be given away; indexes have none.
    SELECT '1259:' || c.oid || ':0' AS address, c.relowner AS owner, c.relacl AS acl,
        CASE c.relkind WHEN 'S' THEN 's'::"char" ELSE 'r'::"char" END AS type,
        EXISTS (
            SELECT FROM pg_depend d WHERE c.relkind = 'S' AND d.classid = 'pg_class'::regclass AND d.objid = c.oid
                AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')
        ) AS follows
    FROM pg_class c WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm', 'S')
    UNION ALL
    SELECT '1259:' || a.attrelid || ':' || a.attnum, c.relowner, a.attacl, 'c', true
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid WHERE a.attacl IS NOT NULL
    UNION ALL SELECT '1255:' || oid || ':0', proowner, proacl, 'f', false FROM pg_proc WHERE oid >= 16384
    UNION ALL SELECT '1247:' || oid || ':0', typowner, typacl, 'T', false FROM pg_type WHERE oid >= 16384
    -- What initdb granted on `public` is as good as nothing (pg_init_privs).
    UNION ALL SELECT '2615:' || n.oid || ':0', n.nspowner, CASE WHEN n.nspacl IS DISTINCT FROM i.initprivs THEN n.nspacl END, 'n', false
        FROM pg_namespace n LEFT JOIN pg_init_privs i ON i.classoid = 'pg_namespace'::regclass AND i.objoid = n.oid
    UNION ALL SELECT '2328:' || oid || ':0', fdwowner, fdwacl, 'F', false FROM pg_foreign_data_wrapper
    UNION ALL SELECT '1417:' || oid || ':0', srvowner, srvacl, 'S', false FROM pg_foreign_server
    UNION ALL SELECT '2612:' || oid || ':0', lanowner, lanacl, 'l', false FROM pg_language
    UNION ALL SELECT '2617:' || oid || ':0', oprowner, NULL, NULL, false FROM pg_operator WHERE oid >= 16384
    UNION ALL SELECT '2753:' || oid || ':0', opfowner, NULL, NULL, false FROM pg_opfamily WHERE oid >= 16384
    UNION ALL SELECT '2616:' || oid || ':0', opcowner, NULL, NULL, false FROM pg_opclass WHERE oid >= 16384
    UNION ALL SELECT '2607:' || oid || ':0', conowner, NULL, NULL, false FROM pg_conversion WHERE oid >= 16384
    UNION ALL SELECT '3456:' || oid || ':0', collowner, NULL, NULL, false FROM pg_collation WHERE oid >= 16384
    UNION ALL SELECT '3600:' || oid || ':0', dictowner, NULL, NULL, false FROM pg_ts_dict WHERE oid >= 16384
    UNION ALL SELECT '3602:' || oid || ':0', cfgowner, NULL, NULL, false FROM pg_ts_config WHERE oid >= 16384
    UNION ALL SELECT '6104:' || oid || ':0', pubowner, NULL, NULL, false FROM pg_publication
    UNION ALL SELECT '6100:' || oid || ':0', subowner, NULL, NULL, false FROM pg_subscription
    UNION ALL SELECT '3466:' || oid || ':0', evtowner, NULL, NULL, false FROM pg_event_trigger
    UNION ALL SELECT '3381:' || oid || ':0', stxowner, NULL, NULL, false FROM pg_statistic_ext
)
