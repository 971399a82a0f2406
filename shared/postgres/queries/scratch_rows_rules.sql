-- Unique keys ('u'), foreign keys ('f') and checks ('c') of tables ($1, oids), as far as they are about columns.
SELECT i.indrelid::oid AS relation,
    'u'::text AS type,
    (SELECT pg_catalog.json_agg(a.attname) FROM pg_catalog.pg_attribute AS a
        WHERE a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey::int2[]))::text AS columns,
    NULL::oid AS referenced,
    NULL::text AS referenced_columns,
    NULL::text AS expression,
    true::bool AS validated
FROM pg_catalog.pg_index AS i
WHERE i.indrelid = ANY ($1::oid[]) AND (i.indisunique OR i.indisexclusion)
UNION ALL
SELECT c.conrelid::oid,
    c.contype::text,
    (SELECT pg_catalog.json_agg(a.attname ORDER BY k.position)
        FROM pg_catalog.unnest(c.conkey) WITH ORDINALITY AS k (number, position)
        JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = k.number)::text,
    NULLIF(c.confrelid, 0)::oid,
    (SELECT pg_catalog.json_agg(a.attname ORDER BY k.position)
        FROM pg_catalog.unnest(c.confkey) WITH ORDINALITY AS k (number, position)
        JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.confrelid AND a.attnum = k.number)::text,
    pg_catalog.pg_get_expr(c.conbin, c.conrelid)::text,
    c.convalidated::bool
FROM pg_catalog.pg_constraint AS c
WHERE c.conrelid = ANY ($1::oid[]) AND c.contype IN ('c', 'f') AND c.conparentid = 0
ORDER BY 1, 2, 3
