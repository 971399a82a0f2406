-- Every relation of the database that a query can name, with its attributes by number; a view with its analysed query.
SELECT
    c.oid::oid AS number,
    n.nspname::text AS namespace,
    c.relname::text AS name,
    columns.names::text[] AS names,
    columns.not_null::bool[] AS not_null,
    COALESCE(rule.ev_action::text, '') AS tree
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
CROSS JOIN LATERAL (
    SELECT
        pg_catalog.array_agg(
            CASE WHEN a.attisdropped THEN '' ELSE a.attname::text END ORDER BY a.attnum
        ) AS names,
        pg_catalog.array_agg(a.attnotnull ORDER BY a.attnum) AS not_null
    FROM pg_catalog.pg_attribute AS a
    WHERE a.attrelid OPERATOR(pg_catalog.=) c.oid AND a.attnum OPERATOR(pg_catalog.>) 0
) AS columns
LEFT JOIN pg_catalog.pg_rewrite AS rule
    ON rule.ev_class OPERATOR(pg_catalog.=) c.oid AND rule.rulename OPERATOR(pg_catalog.=) '_RETURN'
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
    AND n.nspname NOT IN ('pg_catalog', 'information_schema')
    AND n.nspname::text OPERATOR(pg_catalog.!~) '^pg_(toast|temp)'
