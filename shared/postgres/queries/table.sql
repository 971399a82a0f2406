-- What is looked up for one row is looked up without a join: joins are by hash (see `PINNED`), which is right for whole
-- catalogs and would scan one for every row here.
SELECT
    '1259:' || r.oid || ':0' AS address,
    r.namespace,
    r.name,
    CASE r.relpersistence WHEN 'u' THEN 'unlogged' END AS persistence,
    NULLIF((SELECT am.amname::text FROM pg_am am WHERE am.oid = r.relam), 'heap') AS access_method,
    CASE WHEN r.reloptions IS NOT NULL OR toast.oid IS NOT NULL THEN ARRAY(
        SELECT o FROM (
            SELECT unnest(r.reloptions) AS o
            UNION ALL
            SELECT 'toast.' || unnest(toast.reloptions)
        ) AS both_options ORDER BY o COLLATE "C"
    ) END AS options,
    CASE WHEN r.reltablespace <> 0 THEN (SELECT ts.spcname::text FROM pg_tablespace ts WHERE ts.oid = r.reltablespace) END AS tablespace,
    CASE r.relreplident
        WHEN 'f' THEN 'full'
        WHEN 'n' THEN 'nothing'
        WHEN 'i' THEN 'index:' || COALESCE((
            SELECT (SELECT ic.relname::text FROM pg_class ic WHERE ic.oid = i.indexrelid)
            FROM pg_index i WHERE i.indrelid = r.oid AND i.indisreplident
        ), '')
    END AS replica_identity,
    NULLIF(r.relrowsecurity, false) AS row_security,
    NULLIF(r.relforcerowsecurity, false) AS force_row_security,
    CASE WHEN NOT r.relispartition AND r.oid IN (SELECT i.inhrelid FROM pg_inherits i) THEN (
        SELECT json_agg((
            SELECT json_build_object('namespace', (SELECT n.name FROM naming n WHERE n.oid = p.relnamespace), 'name', p.relname)
            FROM pg_class p WHERE p.oid = i.inhparent
        ) ORDER BY i.inhseqno)
        FROM pg_inherits i WHERE i.inhrelid = r.oid
    ) END AS inherits,
    CASE WHEN r.relkind = 'p' THEN pg_get_partkeydef(r.oid) END AS partition_key,
    CASE WHEN r.relispartition THEN (
        SELECT json_agg((
            SELECT json_build_object('namespace', (SELECT n.name FROM naming n WHERE n.oid = p.relnamespace), 'name', p.relname)
            FROM pg_class p WHERE p.oid = i.inhparent
        ) ORDER BY i.inhseqno)
        FROM pg_inherits i WHERE i.inhrelid = r.oid
    ) -> 0 END AS partition_of,
    CASE WHEN r.relispartition THEN (SELECT pg_get_expr(c.relpartbound, c.oid) FROM pg_class c WHERE c.oid = r.oid) END AS partition_bound,
    CASE WHEN r.reloftype <> 0 THEN (
        SELECT json_build_object('namespace', tn.name, 'name', t.typname)
        FROM pg_type t JOIN naming tn ON tn.oid = t.typnamespace WHERE t.oid = r.reloftype
    ) END AS of_type,
    r.reloptions::text AS raw_options,
    toast.reloptions::text AS raw_toast_options,
    r.reloftype::regtype::text AS raw_type
FROM relation r
LEFT JOIN pg_class toast ON toast.oid = r.reltoastrelid AND toast.reloptions IS NOT NULL
WHERE r.relkind IN ('r', 'p')
