-- The owners of this database's objects whose rights the current role has: what it calls has all of them.
SELECT DISTINCT pg_catalog.pg_get_userbyid(o.owner)::text AS name
FROM (
    SELECT n.nspowner FROM pg_catalog.pg_namespace n WHERE n.oid >= 16384
    UNION SELECT c.relowner FROM pg_catalog.pg_class c WHERE c.oid >= 16384
    UNION SELECT p.proowner FROM pg_catalog.pg_proc p WHERE p.oid >= 16384
) AS o(owner)
WHERE pg_catalog.pg_has_role(o.owner, 'MEMBER')
ORDER BY 1
