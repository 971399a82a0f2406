-- The parameter types of a statement that was prepared with PREPARE in this session, in their order.
SELECT
    n.nspname::text AS namespace,
    COALESCE(e.typname, t.typname)::text AS name,
    e.oid IS NOT NULL AS is_array
FROM pg_catalog.pg_prepared_statements AS s
CROSS JOIN LATERAL pg_catalog.unnest(s.parameter_types::oid[]) WITH ORDINALITY AS p (type, position)
JOIN pg_catalog.pg_type AS t ON t.oid OPERATOR(pg_catalog.=) p.type
LEFT JOIN pg_catalog.pg_type AS e
    ON e.oid OPERATOR(pg_catalog.=) t.typelem AND t.typcategory OPERATOR(pg_catalog.=) 'A'
JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) COALESCE(e.typnamespace, t.typnamespace)
WHERE s.name OPERATOR(pg_catalog.=) $1::text
ORDER BY p.position
