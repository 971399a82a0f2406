-- Roles and tablespaces that bear our mark ($1) and that no scratch database uses; each is locked.
WITH made AS MATERIALIZED (
    SELECT 'role' AS kind, rolname::text AS name FROM pg_catalog.pg_roles
    WHERE pg_catalog.shobj_description(oid, 'pg_authid') = $1::text
    UNION ALL
    SELECT 'tablespace', spcname::text FROM pg_catalog.pg_tablespace
    WHERE pg_catalog.shobj_description(oid, 'pg_tablespace') = $1::text
)
SELECT kind, name FROM made
WHERE pg_catalog.pg_try_advisory_lock(1718641012, pg_catalog.hashtext(kind || ' ' || name))
