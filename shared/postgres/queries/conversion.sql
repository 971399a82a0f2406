SELECT
    '2607:' || c.oid || ':0' AS address,
    s.name AS namespace,
    c.conname::text AS name,
    pg_encoding_to_char(c.conforencoding)::text AS source,
    pg_encoding_to_char(c.contoencoding)::text AS destination,
    c.conproc::text AS function,
    NULLIF(c.condefault, false) AS "default"
FROM pg_conversion c
JOIN scope s ON s.oid = c.connamespace
WHERE c.oid NOT IN (SELECT m.objid FROM member m WHERE m.classid = 'pg_conversion'::regclass)
