-- What is looked up for one row is looked up without a join: joins are by hash (see `PINNED`), which is right for whole
-- catalogs and would scan one for every row here.
SELECT
    '1259:' || c.oid || ':0' AS address,
    r.namespace,
    r.name,
    CASE c.relpersistence WHEN 'u' THEN 'unlogged' END AS persistence,
    NULLIF(am.amname::text, 'heap') AS access_method,
    CASE WHEN c.reloptions IS NOT NULL OR toast.oid IS NOT NULL THEN ARRAY(
        SELECT o FROM (
            SELECT unnest(c.reloptions) AS o
            UNION ALL
            SELECT 'toast.' || unnest(toast.reloptions)
        ) AS both_options ORDER BY o COLLATE "C"
    ) END AS options,
    CASE WHEN c.reltablespace <> 0 THEN (SELECT ts.spcname::text FROM pg_tablespace ts WHERE ts.oid = c.reltablespace) END AS tablespace,
    CASE c.relreplident
        WHEN 'f' THEN 'full'
        WHEN 'n' THEN 'nothing'
        WHEN 'i' THEN 'index:' || COALESCE((
            SELECT (SELECT ic.relname::text FROM pg_class ic WHERE ic.oid = i.indexrelid)
            FROM pg_index i WHERE i.indrelid = c.oid AND i.indisreplident
        ), '')
    END AS replica_identity,
    NULLIF(c.relrowsecurity, false) AS row_security,
    NULLIF(c.relforcerowsecurity, false) AS force_row_security,
    CASE WHEN NOT c.relispartition THEN (
        SELECT json_agg((
            SELECT json_build_object('namespace', (SELECT n.name FROM naming n WHERE n.oid = p.relnamespace), 'name', p.relname)
            FROM pg_class p WHERE p.oid = i.inhparent
        ) ORDER BY i.inhseqno)
        FROM pg_inherits i WHERE i.inhrelid = c.oid
    ) END AS inherits,
    CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END AS partition_key,
    CASE WHEN c.relispartition THEN (
        SELECT json_agg((
            SELECT json_build_object('namespace', (SELECT n.name FROM naming n WHERE n.oid = p.relnamespace), 'name', p.relname)
            FROM pg_class p WHERE p.oid = i.inhparent
        ) ORDER BY i.inhseqno)
        FROM pg_inherits i WHERE i.inhrelid = c.oid
    ) -> 0 END AS partition_of,
    CASE WHEN c.relispartition THEN pg_get_expr(c.relpartbound, c.oid) END AS partition_bound,
    CASE WHEN c.reloftype <> 0 THEN (
        SELECT json_build_object('namespace', tn.name, 'name', t.typname)
        FROM pg_type t JOIN naming tn ON tn.oid = t.typnamespace WHERE t.oid = c.reloftype
    ) END AS of_type,
    c.reloptions::text AS raw_options,
    toast.reloptions::text AS raw_toast_options,
    c.reloftype::regtype::text AS raw_type
FROM relation r
JOIN pg_class c ON c.oid = r.oid
LEFT JOIN pg_class toast ON toast.oid = c.reltoastrelid AND toast.reloptions IS NOT NULL
LEFT JOIN pg_am am ON am.oid = c.relam
WHERE r.relkind IN ('r', 'p')
