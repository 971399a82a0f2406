SELECT
    '3256:' || p.oid || ':0' AS address,
    r.namespace,
    r.name AS parent,
    p.polname::text AS name,
    CASE p.polcmd WHEN 'r' THEN 'select' WHEN 'a' THEN 'insert' WHEN 'w' THEN 'update' WHEN 'd' THEN 'delete' END AS command,
    NULLIF(p.polpermissive, true) AS permissive,
    CASE WHEN p.polroles <> '{0}' THEN ARRAY(
        SELECT COALESCE(a.rolname::text, 'public')
        FROM unnest(p.polroles) AS role(oid) LEFT JOIN pg_roles a ON a.oid = role.oid
        ORDER BY COALESCE(a.rolname::text, 'public') COLLATE "C"
    ) END AS roles,
    pg_get_expr(p.polqual, p.polrelid) AS "using",
    pg_get_expr(p.polwithcheck, p.polrelid) AS with_check
FROM relation r
JOIN pg_policy p ON p.polrelid = r.oid
