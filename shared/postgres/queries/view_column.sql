-- Only columns that carry something of their own: the others are in the view's `columns`.
SELECT * FROM (
    SELECT
        '1259:' || a.attrelid || ':' || a.attnum AS address,
        r.namespace,
        r.name AS parent,
        a.attname::text AS name,
        pg_get_expr(d.adbin, d.adrelid) AS "default",
        NULLIF(a.attstattarget, -1) AS statistics_target,
        CASE WHEN a.attstorage <> t.typstorage THEN
            CASE a.attstorage WHEN 'p' THEN 'plain' WHEN 'e' THEN 'external' WHEN 'x' THEN 'extended' WHEN 'm' THEN 'main' END
        END AS storage,
        CASE a.attcompression WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' END AS compression,
        CASE WHEN a.attoptions IS NOT NULL THEN NULLIF(ARRAY(
            SELECT o FROM unnest(a.attoptions) AS o WHERE o LIKE 'n\_distinct%' ORDER BY o COLLATE "C"
        ), '{}') END AS options
    FROM relation r
    JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
    JOIN pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_attrdef d ON a.atthasdef AND d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE r.relkind IN ('v', 'm')
) AS c
WHERE num_nonnulls(c."default", c.statistics_target, c.storage, c.compression, c.options) > 0
