SELECT
    '1259:' || c.oid || ':0' AS address,
    r.namespace,
    r.name,
    s.srvname::text AS server,
    NULLIF(ARRAY(SELECT {redacted:o} FROM unnest(f.ftoptions) AS o ORDER BY o COLLATE "C"), '{}') AS options,
    CASE WHEN NOT c.relispartition THEN parents.names END AS inherits,
    CASE WHEN c.relispartition THEN parents.names -> 0 END AS partition_of,
    CASE WHEN c.relispartition THEN pg_get_expr(c.relpartbound, c.oid) END AS partition_bound
FROM relation r
JOIN pg_class c ON c.oid = r.oid
JOIN pg_foreign_table f ON f.ftrelid = r.oid
JOIN pg_foreign_server s ON s.oid = f.ftserver
LEFT JOIN (
    SELECT i.inhrelid, json_agg(json_build_object('namespace', pn.name, 'name', p.relname) ORDER BY i.inhseqno) AS names
    FROM pg_inherits i
    JOIN pg_class p ON p.oid = i.inhparent
    JOIN naming pn ON pn.oid = p.relnamespace
    GROUP BY i.inhrelid
) AS parents ON parents.inhrelid = c.oid
WHERE r.relkind = 'f'
