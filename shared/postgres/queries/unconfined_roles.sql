-- The roles for which row-level security does not hold ("Row Security Policies": superusers and roles with BYPASSRLS), and
-- those that may become one by SET ROLE, as JSON. Attributes are not inherited, so each says whom it has to become.
-- set_option (v16) says that a membership does not allow it; before, every one did.
WITH RECURSIVE reached (role, becomes) AS (
    SELECT oid, oid FROM pg_catalog.pg_roles WHERE rolsuper OR rolbypassrls
    UNION
    SELECT m.member, r.becomes
    FROM pg_catalog.pg_auth_members m JOIN reached r ON r.role = m.roleid
    WHERE COALESCE((pg_catalog.to_jsonb(m) ->> 'set_option')::boolean, true)
)
SELECT pg_catalog.json_build_object('role', r.rolname::text, 'becomes', b.rolname::text, 'superuser', b.rolsuper)::text
FROM reached
JOIN pg_catalog.pg_roles r ON r.oid = reached.role
JOIN pg_catalog.pg_roles b ON b.oid = reached.becomes
ORDER BY r.rolname, r.oid <> b.oid, b.rolname
