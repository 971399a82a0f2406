SELECT
    '1259:' || c.oid || ':0' AS address,
    r.namespace,
    r.name,
    rtrim(pg_get_viewdef(c.oid), ';') AS definition,
    ARRAY(
        SELECT quote_ident(a.attname) || ' ' || format_type(a.atttypid, a.atttypmod)
        FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
    ) AS columns,
    CASE WHEN c.reloptions IS NOT NULL THEN ARRAY(SELECT o FROM unnest(c.reloptions) AS o ORDER BY o COLLATE "C") END AS options
FROM relation r
JOIN pg_class c ON c.oid = r.oid
WHERE r.relkind = 'v'
