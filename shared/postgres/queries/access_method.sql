SELECT
    '2601:' || a.oid || ':0' AS address,
    '' AS namespace,
    a.amname::text AS name,
    CASE a.amtype WHEN 't' THEN 'table' ELSE 'index' END AS type,
    a.amhandler::text AS handler
FROM pg_am a
WHERE a.oid >= 16384 AND $1::text = '' AND a.oid NOT IN (SELECT m.objid FROM member m WHERE m.classid = 'pg_am'::regclass)
