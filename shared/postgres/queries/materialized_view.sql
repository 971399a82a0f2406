SELECT
    '1259:' || c.oid || ':0' AS address,
    r.namespace,
    r.name,
    rtrim(pg_get_viewdef(c.oid), ';') AS definition,
    ARRAY(
        SELECT quote_ident(a.attname) || ' ' || format_type(a.atttypid, a.atttypmod)
        FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
    ) AS columns,
    CASE WHEN c.reloptions IS NOT NULL OR toast.oid IS NOT NULL THEN ARRAY(
        SELECT o FROM (
            SELECT unnest(c.reloptions) AS o
            UNION ALL
            SELECT 'toast.' || unnest(toast.reloptions)
        ) AS both_options ORDER BY o COLLATE "C"
    ) END AS options,
    NULLIF(am.amname::text, 'heap') AS access_method,
    ts.spcname::text AS tablespace,
    -- The first condition is computed once: hardly any database ties anything to an extension (deptype x).
    CASE WHEN EXISTS (SELECT FROM pg_depend d WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'x') THEN NULLIF(ARRAY(
        SELECT e.extname::text
        FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
        WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.refclassid = 'pg_extension'::regclass AND d.deptype = 'x'
        ORDER BY e.extname COLLATE "C"
    ), '{}') END AS depends_on_extensions,
    NULLIF(c.relispopulated, true) AS populated
FROM relation r
JOIN pg_class c ON c.oid = r.oid
LEFT JOIN pg_class toast ON toast.oid = c.reltoastrelid AND toast.reloptions IS NOT NULL
LEFT JOIN pg_am am ON am.oid = c.relam
LEFT JOIN pg_tablespace ts ON ts.oid = c.reltablespace
WHERE r.relkind = 'm'
