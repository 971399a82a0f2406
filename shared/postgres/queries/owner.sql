-- The database's owner is called {database_owner}: that is who owns what nobody gave away, on any server.
-- `public` belongs to the role pg_database_owner (v15), or to whom initdb gave it (v14).
SELECT
    '0:0:0' AS address,
    c.namespace,
    c.name,
    c.of,
    c.parent,
    c.signature,
    CASE
        WHEN o.owner = d.oid OR o.owner = 'pg_database_owner'::regrole THEN '{database_owner}'
        WHEN c.of = 'namespace' AND c.address = '2615:2200:0' AND o.owner = 10 THEN '{database_owner}'
        ELSE pg_get_userbyid(o.owner)::text
    END AS role
FROM carrier c
JOIN owned o ON o.address = c.address AND NOT o.follows
CROSS JOIN database_owner d
WHERE c.address NOT IN (SELECT m.address FROM member_address m)
