-- Tables ($1, oids), wherever they are by now: what routes rows to others, and to which.
SELECT c.oid::oid AS relation,
    n.nspname::text AS namespace,
    c.relname::text AS name,
    (c.relkind = 'p')::bool AS routes,
    CASE WHEN c.relispartition THEN i.inhparent END::oid AS partition_of,
    CASE WHEN c.relispartition THEN pg_catalog.pg_get_expr(c.relpartbound, c.oid) END::text AS bound,
    (SELECT pg_catalog.json_agg(a.attname ORDER BY k.position)
        FROM pg_catalog.pg_partitioned_table AS p
        CROSS JOIN LATERAL pg_catalog.unnest(p.partattrs) WITH ORDINALITY AS k (number, position)
        LEFT JOIN pg_catalog.pg_attribute AS a ON a.attrelid = p.partrelid AND a.attnum = k.number AND k.number > 0
        WHERE p.partrelid = c.oid)::text AS key,
    c.relforcerowsecurity::bool AS forces_policies,
    (SELECT pg_catalog.json_agg(r.rulename) FROM pg_catalog.pg_rewrite AS r WHERE r.ev_class = c.oid)::text AS rules
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_inherits AS i ON i.inhrelid = c.oid AND c.relispartition
WHERE c.oid = ANY ($1::oid[]) AND c.relkind IN ('r', 'p')
ORDER BY n.nspname, c.relname
