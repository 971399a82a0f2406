-- What types are called; of an array, what its elements are called.
SELECT
    t.oid::oid AS number,
    n.nspname::text AS namespace,
    COALESCE(e.typname, t.typname)::text AS name,
    e.oid IS NOT NULL AS is_array
FROM pg_catalog.pg_type AS t
LEFT JOIN pg_catalog.pg_type AS e ON e.typarray OPERATOR(pg_catalog.=) t.oid
JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) COALESCE(e.typnamespace, t.typnamespace)
WHERE t.oid OPERATOR(pg_catalog.=) ANY ($1::oid[])
