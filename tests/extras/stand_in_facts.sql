SELECT
    e.extname AS extension,
    e.extversion AS version,
    ARRAY(SELECT v.version FROM pg_available_extension_versions v WHERE v.name = e.extname ORDER BY 1) AS versions,
    a.comment,
    v.relocatable,
    v.trusted,
    v.superuser,
    COALESCE(v.requires::text[], '{}') AS requires,
    ARRAY(
        SELECT DISTINCT d.classid::regclass::text FROM pg_depend d
        WHERE d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid AND d.deptype = 'e'
            AND d.classid <> 'pg_proc'::regclass
    ) AS others,
    (
        SELECT COALESCE(json_agg(json_build_object(
            'name', p.proname,
            'arguments', pg_get_function_arguments(p.oid),
            'inputs', ARRAY(SELECT format_type(t, NULL) FROM unnest(p.proargtypes) WITH ORDINALITY AS u(t, n) ORDER BY n),
            'result', pg_get_function_result(p.oid),
            'returns', format_type(p.prorettype, NULL),
            'columns', ARRAY(
                SELECT format_type(u.t, NULL) FROM unnest(p.proallargtypes, p.proargmodes) WITH ORDINALITY AS u(t, m, n)
                WHERE u.m IN ('o', 'b', 't') ORDER BY n
            ),
            'volatility', CASE p.provolatile WHEN 'i' THEN 'immutable' WHEN 's' THEN 'stable' ELSE 'volatile' END,
            'parallel', CASE p.proparallel WHEN 's' THEN 'safe' WHEN 'r' THEN 'restricted' ELSE 'unsafe' END,
            'strict', p.proisstrict,
            'leakproof', p.proleakproof,
            'security_definer', p.prosecdef,
            'returns_set', p.proretset,
            'cost', p.procost,
            'rows', p.prorows,
            'privileges', ARRAY(
                SELECT replace(split_part(acl::text, '/', 1), pg_get_userbyid(p.proowner) || '=', 'owner=')
                FROM unnest(p.proacl) AS acl ORDER BY 1
            )
        ) ORDER BY p.proname, pg_get_function_arguments(p.oid)), '[]')
        FROM pg_depend d JOIN pg_proc p ON p.oid = d.objid
        WHERE d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid AND d.deptype = 'e'
            AND d.classid = 'pg_proc'::regclass
    ) AS routines
FROM pg_extension e
JOIN pg_available_extensions a ON a.name = e.extname
JOIN pg_available_extension_versions v ON v.name = e.extname AND v.version = e.extversion
WHERE e.extname = $1
