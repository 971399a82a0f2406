-- initdb comments `public`.
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
WHERE (t.objoid >= 16384 OR t.classoid = 'pg_namespace'::regclass AND t.description <> 'standard public schema')
