-- The locale moved (colliculocale in v15, colllocale in v17) and rules came (v16): read through JSON, a name that a
-- version lacks is NULL. The recorded library version is the host's, not the schema's.
SELECT
    '3456:' || c.oid || ':0' AS address,
    s.name AS namespace,
    c.collname::text AS name,
    ARRAY(
        SELECT a FROM unnest(ARRAY[
            'PROVIDER = ' || CASE c.collprovider WHEN 'i' THEN 'icu' WHEN 'b' THEN 'builtin' ELSE 'libc' END,
            CASE WHEN NOT c.collisdeterministic THEN 'DETERMINISTIC = false' END,
            CASE WHEN c.collprovider <> 'c' THEN
                'LOCALE = ' || quote_literal(COALESCE(j.row ->> 'colllocale', j.row ->> 'colliculocale', j.row ->> 'collcollate'))
            END,
            CASE WHEN c.collprovider = 'c' THEN 'LC_COLLATE = ' || quote_literal(j.row ->> 'collcollate') END,
            CASE WHEN c.collprovider = 'c' THEN 'LC_CTYPE = ' || quote_literal(j.row ->> 'collctype') END,
            'RULES = ' || quote_literal(j.row ->> 'collicurules')
        ]) WITH ORDINALITY AS listed(a, position) WHERE a IS NOT NULL ORDER BY position
    ) AS attributes
FROM pg_collation c
JOIN scope s ON s.oid = c.collnamespace
CROSS JOIN LATERAL (SELECT to_jsonb(c) AS row) AS j
WHERE c.oid NOT IN (SELECT m.objid FROM member m WHERE m.classid = 'pg_collation'::regclass)
