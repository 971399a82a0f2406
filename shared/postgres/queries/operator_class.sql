SELECT
    '2616:' || c.oid || ':0' AS address,
    s.name AS namespace,
    c.opcname::text AS name,
    am.amname::text AS signature,
    format_type(c.opcintype, NULL) AS type,
    NULLIF(c.opcdefault, false) AS "default",
    quote_ident(fn.name) || '.' || quote_ident(f.opfname) AS family,
    format_type(NULLIF(c.opckeytype, 0), NULL) AS storage,
    NULLIF(ARRAY(
        SELECT 'OPERATOR ' || o.amopstrategy || ' ' || o.amopopr::regoperator::text
            || COALESCE(' FOR ORDER BY ' || (
                SELECT quote_ident(n.name) || '.' || quote_ident(sf.opfname)
                FROM pg_opfamily sf JOIN naming n ON n.oid = sf.opfnamespace WHERE sf.oid = o.amopsortfamily AND o.amopsortfamily <> 0
            ), '')
        FROM pg_depend d JOIN pg_amop o ON o.oid = d.objid
        WHERE d.refclassid = 'pg_opclass'::regclass AND d.refobjid = c.oid AND d.classid = 'pg_amop'::regclass
        UNION ALL
        SELECT 'FUNCTION ' || p.amprocnum || ' (' || format_type(p.amproclefttype, NULL) || ', ' || format_type(p.amprocrighttype, NULL)
            || ') ' || p.amproc::regprocedure::text
        FROM pg_depend d JOIN pg_amproc p ON p.oid = d.objid
        WHERE d.refclassid = 'pg_opclass'::regclass AND d.refobjid = c.oid AND d.classid = 'pg_amproc'::regclass
        ORDER BY 1
    ), '{}') AS members
FROM pg_opclass c
JOIN scope s ON s.oid = c.opcnamespace
JOIN pg_am am ON am.oid = c.opcmethod
JOIN pg_opfamily f ON f.oid = c.opcfamily
JOIN naming fn ON fn.oid = f.opfnamespace
WHERE c.oid NOT IN (SELECT m.objid FROM member m WHERE m.classid = 'pg_opclass'::regclass)
