-- v15 brought column lists, row filters and whole namespaces; v18 generated columns (read through JSON).
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
    CASE to_jsonb(p) ->> 'pubgencols' WHEN 's' THEN 'stored' END AS generated_columns,
    NULLIF(ARRAY(
        SELECT 'TABLE ONLY ' || quote_ident(n.name) || '.' || quote_ident(c.relname)
            || COALESCE(' (' || (
                SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum)
                FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum = ANY (r.prattrs)
            ) || ')', '')
            || COALESCE(' WHERE ' || pg_get_expr(r.prqual, r.prrelid), '')
        FROM pg_publication_rel r JOIN pg_class c ON c.oid = r.prrelid JOIN naming n ON n.oid = c.relnamespace
        WHERE r.prpubid = p.oid ORDER BY 1
    ), '{}') AS tables,
    NULLIF(ARRAY(
        SELECT n.name FROM pg_publication_namespace r JOIN naming n ON n.oid = r.pnnspid WHERE r.pnpubid = p.oid ORDER BY n.name COLLATE "C"
    ), '{}') AS namespaces
FROM pg_publication p
WHERE $1::text = ''
