SELECT
    '1259:' || i.indexrelid || ':0' AS address,
    r.namespace,
    r.name,
    t.relname::text AS "table",
    pg_get_indexdef(i.indexrelid) AS definition,
    NULLIF(am.amname::text, 'btree') AS method,
    NULLIF(i.indisunique, false) AS "unique",
    keys.columns,
    keys.include,
    pg_get_expr(i.indpred, i.indrelid) AS predicate,
    (SELECT array_agg(o ORDER BY o COLLATE "C") FROM unnest(c.reloptions) AS o) AS options,
    ts.spcname::text AS tablespace,
    -- Invisible to pg_dump, and real: queries do not use an invalid index, writes pay for it.
    NULLIF(i.indisvalid AND i.indisready AND i.indislive, true) AS valid,
    NULLIF(i.indisclustered, false) AS clustered,
    NULLIF(i.indisreplident, false) AS replica_identity,
    keys.statistics,
    CASE WHEN c.relispartition THEN (
        SELECT json_build_object('namespace', pn.name, 'name', p.relname)
        FROM pg_inherits h JOIN pg_class p ON p.oid = h.inhparent JOIN naming pn ON pn.oid = p.relnamespace
        WHERE h.inhrelid = i.indexrelid
    ) END AS attached_to
FROM relation r
JOIN pg_index i ON i.indexrelid = r.oid
JOIN pg_class c ON c.oid = i.indexrelid
JOIN pg_class t ON t.oid = i.indrelid
JOIN pg_am am ON am.oid = c.relam
LEFT JOIN pg_tablespace ts ON ts.oid = c.reltablespace
CROSS JOIN LATERAL (
    SELECT
        array_agg(
            CASE WHEN i.indkey[a.attnum - 1] = 0 THEN pg_get_indexdef(i.indexrelid, a.attnum, false) ELSE quote_ident(ta.attname) END
            ORDER BY a.attnum
        ) FILTER (WHERE a.attnum <= i.indnkeyatts) AS columns,
        array_agg(quote_ident(ta.attname) ORDER BY a.attnum) FILTER (WHERE a.attnum > i.indnkeyatts) AS include,
        array_agg(a.attnum || '=' || a.attstattarget ORDER BY a.attnum) FILTER (WHERE a.attstattarget >= 0) AS statistics
    FROM pg_attribute a
    LEFT JOIN pg_attribute ta ON ta.attrelid = i.indrelid AND ta.attnum = i.indkey[a.attnum - 1]
    WHERE a.attrelid = i.indexrelid
) AS keys
WHERE r.relkind IN ('i', 'I')
    AND NOT EXISTS (
        SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.conrelid = i.indrelid AND k.contype IN ('p', 'u', 'x')
    )
    AND i.indrelid NOT IN (SELECT m.objid FROM member m WHERE m.classid = 'pg_class'::regclass)
