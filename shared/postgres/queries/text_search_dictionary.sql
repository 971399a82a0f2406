SELECT
    '3600:' || d.oid || ':0' AS address,
    s.name AS namespace,
    d.dictname::text AS name,
    quote_ident(n.name) || '.' || quote_ident(t.tmplname) AS template,
    d.dictinitoption AS options
FROM pg_ts_dict d
JOIN scope s ON s.oid = d.dictnamespace
JOIN pg_ts_template t ON t.oid = d.dicttemplate
JOIN naming n ON n.oid = t.tmplnamespace
WHERE d.oid NOT IN (SELECT m.objid FROM member m WHERE m.classid = 'pg_ts_dict'::regclass)
