-- Shared by every kind, computed once per statement. What is read stands before it: scope_one.sql or scope_many.sql.
-- Rows say NULL where a value is the model's default: nulls are stripped before hashing and decoding.
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
