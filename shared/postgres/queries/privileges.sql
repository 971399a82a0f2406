-- A list that says what PostgreSQL says by default is no list; the order of grants is not drift.
SELECT
    '0:0:0' AS address,
    c.namespace,
    c.name,
    c.of,
    c.parent,
    c.signature,
    listed.grants
FROM carrier c
JOIN owned o ON o.address = c.address AND o.acl IS NOT NULL
CROSS JOIN database_owner d
CROSS JOIN LATERAL (
    SELECT {grants:o.acl:o.owner} AS grants, {grants:acldefault(o.type, o.owner):o.owner} AS defaults
) AS listed
WHERE listed.grants::text <> listed.defaults::text
