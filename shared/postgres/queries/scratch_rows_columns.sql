-- Columns of tables ($1, oids) that take values. Those that PostgreSQL computes are listed, and are given none.
SELECT a.attrelid::oid AS relation,
    a.attname::text AS name,
    a.atttypid::oid AS type,
    a.atttypmod::int AS modifier,
    pg_catalog.format_type(a.atttypid, a.atttypmod)::text AS spelling,
    (a.atttypid < 16384)::bool AS built_in,
    a.attnotnull::bool AS not_null,
    (a.attgenerated <> '')::bool AS generated
FROM pg_catalog.pg_attribute AS a
WHERE a.attrelid = ANY ($1::oid[]) AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attrelid, a.attnum
