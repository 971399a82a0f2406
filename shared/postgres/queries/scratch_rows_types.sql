-- Types of the columns of tables ($1, oids), and the types that those are made of.
WITH RECURSIVE used (type) AS (
    SELECT a.atttypid FROM pg_catalog.pg_attribute AS a
    WHERE a.attrelid = ANY ($1::oid[]) AND a.attnum > 0 AND NOT a.attisdropped
    UNION
    SELECT below.type
    FROM used AS u
    JOIN pg_catalog.pg_type AS t ON t.oid = u.type
    CROSS JOIN LATERAL (
        SELECT t.typelem AS type WHERE t.typcategory = 'A' AND t.typelem <> 0
        UNION ALL
        SELECT t.typbasetype WHERE t.typtype = 'd'
        UNION ALL
        SELECT r.rngsubtype FROM pg_catalog.pg_range AS r WHERE r.rngtypid = t.oid
        UNION ALL
        SELECT a.atttypid FROM pg_catalog.pg_attribute AS a
        WHERE t.typtype = 'c' AND a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped
    ) AS below
)
SELECT t.oid::oid AS type,
    pg_catalog.format_type(t.oid, NULL)::text AS spelling,
    t.typtype::text AS form,
    t.typcategory::text AS category,
    CASE WHEN t.typcategory = 'A' THEN t.typelem END::oid AS element,
    CASE WHEN t.typtype = 'd' THEN t.typbasetype END::oid AS base,
    t.typtypmod::int AS modifier,
    t.typnotnull::bool AS not_null,
    (SELECT pg_catalog.json_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_catalog.pg_enum AS e
        WHERE e.enumtypid = t.oid)::text AS labels,
    (SELECT pg_catalog.json_agg(pg_catalog.json_build_array(a.atttypid::int8, a.atttypmod) ORDER BY a.attnum)
        FROM pg_catalog.pg_attribute AS a
        WHERE t.typtype = 'c' AND a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped)::text AS attributes,
    (SELECT pg_catalog.json_agg(pg_catalog.pg_get_constraintdef(c.oid)) FROM pg_catalog.pg_constraint AS c
        WHERE c.contypid = t.oid)::text AS checks
FROM used AS u
JOIN pg_catalog.pg_type AS t ON t.oid = u.type
