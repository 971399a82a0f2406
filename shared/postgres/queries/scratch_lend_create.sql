-- Namespaces that we may grant on, and on which the new owner ($1) cannot create yet.
SELECT n.nspname::text AS name
FROM pg_catalog.pg_namespace n
WHERE n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema'
    AND pg_catalog.pg_has_role(n.nspowner, 'USAGE')
    AND NOT pg_catalog.has_schema_privilege($1::name, n.oid, 'CREATE')
