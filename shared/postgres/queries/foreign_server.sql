SELECT
    '1417:' || f.oid || ':0' AS address,
    '' AS namespace,
    f.srvname::text AS name,
    w.fdwname::text AS wrapper,
    f.srvtype AS type,
    f.srvversion AS version,
    NULLIF(ARRAY(SELECT {redacted:o} FROM unnest(f.srvoptions) AS o ORDER BY o COLLATE "C"), '{}') AS options
FROM pg_foreign_server f
JOIN pg_foreign_data_wrapper w ON w.oid = f.srvfdw
WHERE $1::text = '' AND f.oid NOT IN (SELECT m.objid FROM member m WHERE m.classid = 'pg_foreign_server'::regclass)
