-- $1 is the namespace to read, or '' for the whole database.
WITH naming AS MATERIALIZED (
    -- A tenant's own namespace is called {tenant} everywhere, so 10,000 of them share one shape.
    SELECT n.oid, n.nspname, CASE WHEN n.nspname = $1::text THEN '{tenant}' ELSE n.nspname::text END AS name
    FROM pg_namespace n
),
scope AS MATERIALIZED (
    -- pg_% is reserved for PostgreSQL itself (catalogs, toast, temporary tables): never a user's.
    SELECT n.oid, n.name
    FROM naming n
    WHERE CASE WHEN $1::text = '' THEN n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema' ELSE n.nspname = $1::text END
),
