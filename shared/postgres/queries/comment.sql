-- initdb's comment on `public` counts: it can be changed, and a database without it was not made by initdb.
SELECT
    '0:0:0' AS address,
    c.namespace,
    c.name,
    c.of,
    c.parent,
    c.signature,
    t.description AS text
FROM pg_description t
JOIN carrier c ON c.address = t.classoid || ':' || t.objoid || ':' || t.objsubid
WHERE (t.objoid >= 16384 OR t.classoid = 'pg_namespace'::regclass)
    AND c.address NOT IN (SELECT m.address FROM member_address m)
