SELECT
    '2328:' || w.oid || ':0' AS address,
    '' AS namespace,
    w.fdwname::text AS name,
    NULLIF(w.fdwhandler, 0)::regproc::text AS handler,
    NULLIF(w.fdwvalidator, 0)::regproc::text AS validator,
    NULLIF(ARRAY(SELECT {redacted:o} FROM unnest(w.fdwoptions) AS o ORDER BY o COLLATE "C"), '{}') AS options
FROM pg_foreign_data_wrapper w
WHERE $1::text = '' AND w.oid NOT IN (SELECT m.objid FROM member m WHERE m.classid = 'pg_foreign_data_wrapper'::regclass)
