SELECT
    entry.position::int4 AS position,
    n.nspname::text AS namespace,
    c.relname::text AS name,
    a.attname::text AS "column"
FROM ROWS FROM (pg_catalog.unnest($1::oid[]), pg_catalog.unnest($2::int4[])) WITH ORDINALITY
    AS entry (relation, number, position)
JOIN pg_catalog.pg_class AS c ON c.oid OPERATOR(pg_catalog.=) entry.relation
    -- A view has no NOT NULL of its own: sqlx takes its columns as nullable, and so nothing is claimed.
    AND c.relkind IN ('r', 'p')
JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
JOIN pg_catalog.pg_attribute AS a
    ON a.attrelid OPERATOR(pg_catalog.=) c.oid AND a.attnum OPERATOR(pg_catalog.=) entry.number
ORDER BY entry.position
