SELECT
    '3381:' || x.oid || ':0' AS address,
    s.name AS namespace,
    x.stxname::text AS name,
    pg_get_statisticsobjdef(x.oid) AS definition,
    json_build_object('namespace', n.name, 'name', c.relname) AS "table",
    NULLIF(x.stxstattarget, -1) AS target
FROM pg_statistic_ext x
JOIN scope s ON s.oid = x.stxnamespace
JOIN pg_class c ON c.oid = x.stxrelid
JOIN naming n ON n.oid = c.relnamespace
WHERE x.oid NOT IN (SELECT m.objid FROM member m WHERE m.classid = 'pg_statistic_ext'::regclass)
