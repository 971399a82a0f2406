SELECT
    '3576:' || t.oid || ':0' AS address,
    '' AS namespace,
    '' AS name,
    format_type(t.trftype, NULL) || ', ' || quote_ident(l.lanname) AS signature,
    NULLIF(t.trffromsql::oid, 0)::regprocedure::text AS from_sql,
    NULLIF(t.trftosql::oid, 0)::regprocedure::text AS to_sql
FROM pg_transform t
JOIN pg_language l ON l.oid = t.trflang
WHERE $1::text = '' AND t.oid NOT IN (SELECT m.objid FROM member m WHERE m.classid = 'pg_transform'::regclass)
