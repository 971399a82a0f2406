SELECT
    '1247:' || t.oid || ':0' AS address,
    s.name AS namespace,
    t.typname::text AS name,
    format_type(t.typbasetype, t.typtypmod) AS base_type,
    NULLIF(t.typnotnull, false) AS not_null,
    COALESCE(pg_get_expr(t.typdefaultbin, 0), quote_literal(t.typdefault)) AS "default",
    CASE WHEN t.typcollation <> base.typcollation THEN (
        SELECT json_build_object('namespace', n.name, 'name', c.collname)
        FROM pg_collation c JOIN naming n ON n.oid = c.collnamespace WHERE c.oid = t.typcollation
    ) END AS collation
FROM pg_type t
JOIN scope s ON s.oid = t.typnamespace
JOIN pg_type base ON base.oid = t.typbasetype
WHERE t.typtype = 'd' AND t.oid NOT IN (SELECT m.objid FROM member m WHERE m.classid = 'pg_type'::regclass)
