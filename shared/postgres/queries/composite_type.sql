SELECT
    '1247:' || t.oid || ':0' AS address,
    s.name AS namespace,
    t.typname::text AS name,
    (
        SELECT json_agg(json_strip_nulls(json_build_object(
            'name', a.attname,
            'type', format_type(a.atttypid, a.atttypmod),
            'collation', CASE WHEN a.attcollation <> (SELECT at.typcollation FROM pg_type at WHERE at.oid = a.atttypid) THEN (
                SELECT json_build_object('namespace', n.name, 'name', c.collname)
                FROM pg_collation c JOIN naming n ON n.oid = c.collnamespace WHERE c.oid = a.attcollation
            ) END
        )) ORDER BY a.attnum)
        FROM pg_attribute a
        WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped
    ) AS attributes
FROM pg_type t
JOIN scope s ON s.oid = t.typnamespace
JOIN pg_class c ON c.oid = t.typrelid AND c.relkind = 'c'
WHERE t.typtype = 'c' AND t.oid NOT IN (SELECT m.objid FROM member m WHERE m.classid = 'pg_type'::regclass)
