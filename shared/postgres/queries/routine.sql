-- The signature is the input types alone, as PostgreSQL's own key is: renaming an argument alters a function.
SELECT
    '1255:' || p.oid || ':0' AS address,
    s.name AS namespace,
    p.proname::text AS name,
    array_to_string(ARRAY(
        SELECT format_type(a.type, NULL) FROM unnest(p.proargtypes) WITH ORDINALITY AS a(type, position) ORDER BY a.position
    ), ', ') AS signature,
    CASE p.prokind WHEN 'p' THEN 'procedure' WHEN 'w' THEN 'window' END AS type,
    rtrim(pg_get_functiondef(p.oid), E'\n') AS definition,
    CASE WHEN p.prokind <> 'p' THEN pg_get_function_result(p.oid) END AS result,
    NULLIF(pg_get_function_arguments(p.oid), '') AS arguments,
    l.lanname::text AS language,
    CASE WHEN p.prosupport <> 0 THEN p.prosupport::text END AS support,
    -- The first condition is computed once: hardly any database ties anything to an extension (deptype x).
    CASE WHEN EXISTS (SELECT FROM pg_depend d WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'x') THEN NULLIF(ARRAY(
        SELECT e.extname::text
        FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
        WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.refclassid = 'pg_extension'::regclass AND d.deptype = 'x'
        ORDER BY e.extname COLLATE "C"
    ), '{}') END AS depends_on_extensions
FROM pg_proc p
JOIN scope s ON s.oid = p.pronamespace
JOIN pg_language l ON l.oid = p.prolang
WHERE p.prokind IN ('f', 'p', 'w')
    AND p.oid NOT IN (SELECT m.objid FROM member m WHERE m.classid = 'pg_proc'::regclass)
    -- A range type's constructors come with the type.
    AND NOT EXISTS (
        SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid
            AND d.refclassid = 'pg_type'::regclass AND d.deptype = 'i'
    )
