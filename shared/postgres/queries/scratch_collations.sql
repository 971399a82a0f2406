-- What collations are called now that were made earlier: they may have been renamed or moved since.
SELECT c.oid::text AS oid, n.nspname::text AS namespace, c.collname::text AS name
FROM pg_catalog.pg_collation AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.collnamespace
WHERE c.oid::text = ANY ($1::text[])
