-- Since v17 a domain's NOT NULL is a constraint; with its automatic name it says nothing that the domain does not.
SELECT
    '2606:' || k.oid || ':0' AS address,
    s.name AS namespace,
    t.typname::text AS parent,
    k.conname::text AS name,
    CASE k.contype WHEN 'n' THEN 'not_null' END AS type,
    pg_get_constraintdef(k.oid) AS definition,
    NULLIF(k.convalidated, true) AS validated
FROM pg_constraint k
JOIN pg_type t ON t.oid = k.contypid
JOIN scope s ON s.oid = t.typnamespace
WHERE k.contype IN ('c', 'n')
    AND (k.contype <> 'n' OR k.conname <> t.typname || '_not_null')
    AND t.oid NOT IN (SELECT m.objid FROM member m WHERE m.classid = 'pg_type'::regclass)
