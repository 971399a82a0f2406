SELECT
    '6104:' || p.oid || ':0' AS address,
    '' AS namespace,
    p.pubname::text AS name,
    NULLIF(p.puballtables, false) AS all_tables,
    ARRAY(
        SELECT o FROM unnest(ARRAY[
            CASE WHEN p.pubinsert THEN 'insert' END, CASE WHEN p.pubupdate THEN 'update' END,
            CASE WHEN p.pubdelete THEN 'delete' END, CASE WHEN p.pubtruncate THEN 'truncate' END
        ]) WITH ORDINALITY AS listed(o, position) WHERE o IS NOT NULL ORDER BY position
    ) AS operations,
    NULLIF(p.pubviaroot, false) AS via_partition_root,
    NULL::text AS generated_columns,
    NULLIF(ARRAY(
        SELECT 'TABLE ONLY ' || quote_ident(n.name) || '.' || quote_ident(c.relname)
        FROM pg_publication_rel r JOIN pg_class c ON c.oid = r.prrelid JOIN naming n ON n.oid = c.relnamespace
        WHERE r.prpubid = p.oid ORDER BY 1
    ), '{}') AS tables,
    NULL::text[] AS namespaces
FROM pg_publication p
WHERE $1::text = ''
