SELECT
    '1247:' || t.oid || ':0' AS address,
    s.name AS namespace,
    t.typname::text AS name,
    ARRAY(SELECT e.enumlabel::text FROM pg_enum e WHERE e.enumtypid = t.oid ORDER BY e.enumsortorder) AS labels
FROM pg_type t
JOIN scope s ON s.oid = t.typnamespace
WHERE t.typtype = 'e' AND t.oid NOT IN (SELECT m.objid FROM member m WHERE m.classid = 'pg_type'::regclass)
