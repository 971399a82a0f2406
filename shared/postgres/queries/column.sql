-- `position` and the `raw_...` columns are for hashing alone. The order of columns is no part of the schema, but of the
-- snapshot; what is raw is cheaper to plan than what is sorted and split for reading, and says the same.
SELECT
    '1259:' || a.attrelid || ':' || a.attnum AS address,
    r.namespace,
    r.name AS parent,
    a.attname::text AS name,
    format_type(a.atttypid, a.atttypmod) AS type,
    -- Since v18 a NOT NULL that is NOT VALID sets attnotnull too, and old rows may still break it.
    NULLIF(a.attnotnull AND (a.attrelid, a.attnum) NOT IN (
        SELECT k.conrelid, k.conkey[1] FROM pg_constraint k WHERE k.contype = 'n' AND NOT k.convalidated
    ), false) AS not_null,
    -- Defaults are few and many columns have them: equal trees are spelt once. A generated column's speaks of its own table.
    CASE WHEN a.attgenerated = '' THEN spelt.expression ELSE pg_get_expr(d.adbin, d.adrelid) END AS "default",
    CASE a.attidentity WHEN 'a' THEN 'always' WHEN 'd' THEN 'by default' END AS identity_mode,
    CASE a.attgenerated WHEN 's' THEN 'stored' WHEN 'v' THEN 'virtual' END AS generated,
    CASE WHEN a.attcollation <> t.typcollation THEN (
        SELECT json_build_object('namespace', n.name, 'name', co.collname)
        FROM pg_collation co JOIN naming n ON n.oid = co.collnamespace WHERE co.oid = a.attcollation
    ) END AS collation,
    CASE WHEN a.attstorage <> t.typstorage THEN
        CASE a.attstorage WHEN 'p' THEN 'plain' WHEN 'e' THEN 'external' WHEN 'x' THEN 'extended' WHEN 'm' THEN 'main' END
    END AS storage,
    CASE a.attcompression WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' END AS compression,
    NULLIF(a.attstattarget, -1) AS statistics_target,
    -- Only what users can set: release 15.20 keeps a hidden pg_attver here, which differs on every column.
    CASE WHEN a.attoptions IS NOT NULL THEN NULLIF(ARRAY(
        SELECT o FROM unnest(a.attoptions) AS o WHERE o LIKE 'n\_distinct%' ORDER BY o COLLATE "C"
    ), '{}') END AS options,
    CASE WHEN a.attfdwoptions IS NOT NULL THEN
        ARRAY(SELECT {redacted:o} FROM unnest(a.attfdwoptions) AS o ORDER BY o COLLATE "C")
    END AS foreign_options,
    NULLIF(a.attislocal, true) AS local,
    NULLIF(a.attinhcount > 0, false) AS inherited,
    a.attnum AS position,
    a.attnotnull AS raw_not_null,
    CASE WHEN a.attcollation < 12000 THEN a.attcollation::text ELSE a.attcollation::regcollation::text END AS raw_collation,
    a.attstorage AS raw_storage,
    a.attfdwoptions::text AS raw_foreign_options
FROM relation r
JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_attrdef d ON a.atthasdef AND d.adrelid = a.attrelid AND d.adnum = a.attnum
LEFT JOIN (
    SELECT one.tree, pg_get_expr(one.adbin, one.adrelid) AS expression
    FROM (
        SELECT DISTINCT ON (1) x.adbin::text COLLATE "C" AS tree, x.adbin, x.adrelid
        FROM pg_attrdef x WHERE x.adrelid IN (SELECT o.oid FROM relation o)
    ) AS one
    OFFSET 0  -- or the planner spells it for every column after all
) AS spelt ON spelt.tree = d.adbin::text COLLATE "C"
WHERE r.relkind IN ('r', 'p', 'f')
