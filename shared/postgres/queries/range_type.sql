SELECT
    '1247:' || t.oid || ':0' AS address,
    s.name AS namespace,
    t.typname::text AS name,
    format_type(r.rngsubtype, NULL) AS subtype,
    CASE WHEN NOT o.opcdefault THEN quote_ident(opn.name) || '.' || quote_ident(o.opcname) END AS operator_class,
    CASE WHEN r.rngcollation <> sub.typcollation THEN (
        SELECT json_build_object('namespace', n.name, 'name', c.collname)
        FROM pg_collation c JOIN naming n ON n.oid = c.collnamespace WHERE c.oid = r.rngcollation
    ) END AS collation,
    CASE WHEN r.rngcanonical <> 0 THEN r.rngcanonical::text END AS canonical,
    CASE WHEN r.rngsubdiff <> 0 THEN r.rngsubdiff::text END AS subtype_diff,
    CASE WHEN multi.oid IS NOT NULL THEN json_build_object('namespace', mn.name, 'name', multi.typname) END AS multirange_name
FROM pg_type t
JOIN scope s ON s.oid = t.typnamespace
JOIN pg_range r ON r.rngtypid = t.oid
JOIN pg_type sub ON sub.oid = r.rngsubtype
JOIN pg_opclass o ON o.oid = r.rngsubopc
JOIN naming opn ON opn.oid = o.opcnamespace
LEFT JOIN pg_type multi ON multi.oid = r.rngmultitypid
LEFT JOIN naming mn ON mn.oid = multi.typnamespace
WHERE t.oid NOT IN (SELECT m.objid FROM member m WHERE m.classid = 'pg_type'::regclass)
