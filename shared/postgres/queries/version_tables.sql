-- Tables that migration tools keep, where this role may read them. Only plain tables with built-in column types: a view,
-- a foreign table or a type of the tenant's own would run the tenant's code. What stands in braces is written in by shared/postgres/reading/versions.py:
-- a statement with parameters is parsed twice.
SELECT
    n.nspname::text AS namespace,
    c.relname::text AS name,
    array_to_string(ARRAY(
        SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY 1
    ), ',') AS columns
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r'
    AND c.relname IN ({tables})
    AND {where}
    AND has_schema_privilege(n.oid, 'USAGE')
    AND has_table_privilege(c.oid, 'SELECT')
    AND NOT EXISTS (
        SELECT FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND t.oid >= 16384
    )
ORDER BY 1, 2
LIMIT {limit}
