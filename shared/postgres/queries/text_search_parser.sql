SELECT
    '3601:' || p.oid || ':0' AS address,
    s.name AS namespace,
    p.prsname::text AS name,
    ARRAY(
        SELECT a FROM unnest(ARRAY[
            'START = ' || p.prsstart::text,
            'GETTOKEN = ' || p.prstoken::text,
            'END = ' || p.prsend::text,
            'HEADLINE = ' || NULLIF(p.prsheadline::oid, 0)::regproc::text,
            'LEXTYPES = ' || p.prslextype::text
        ]) WITH ORDINALITY AS listed(a, position) WHERE a IS NOT NULL ORDER BY position
    ) AS attributes
FROM pg_ts_parser p
JOIN scope s ON s.oid = p.prsnamespace
WHERE p.oid NOT IN (SELECT m.objid FROM member m WHERE m.classid = 'pg_ts_parser'::regclass)
