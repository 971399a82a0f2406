SELECT
    '3764:' || t.oid || ':0' AS address,
    s.name AS namespace,
    t.tmplname::text AS name,
    ARRAY(
        SELECT a FROM unnest(ARRAY[
            'INIT = ' || NULLIF(t.tmplinit::oid, 0)::regproc::text,
            'LEXIZE = ' || t.tmpllexize::text
        ]) WITH ORDINALITY AS listed(a, position) WHERE a IS NOT NULL ORDER BY position
    ) AS attributes
FROM pg_ts_template t
JOIN scope s ON s.oid = t.tmplnamespace
WHERE t.oid NOT IN (SELECT m.objid FROM member m WHERE m.classid = 'pg_ts_template'::regclass)
