-- Shared by every kind, computed once per statement. $1 is the namespace to read, or '' for the whole database.
-- Rows say NULL where a value is the model's default: nulls are stripped before hashing and decoding.
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
member AS MATERIALIZED (
    -- What an extension made is the extension's business: its version says it all.
    SELECT d.classid, d.objid FROM pg_depend d WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'
),
relation AS MATERIALIZED (
    -- All that a query wants of pg_class, so that none has to join it again.
    SELECT c.oid, s.name AS namespace, c.relname::text AS name, c.relkind, c.relam, c.relpersistence, c.relispartition,
        c.reloptions, c.reltablespace, c.reltoastrelid, c.reloftype, c.relreplident, c.relrowsecurity, c.relforcerowsecurity
    FROM pg_class c
    JOIN scope s ON s.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm', 'S', 'i', 'I')
        AND c.oid NOT IN (SELECT m.objid FROM member m WHERE m.classid = 'pg_class'::regclass)
)
