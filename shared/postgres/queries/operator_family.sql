-- Loose members hang on the family itself; those of a class hang on the class.
SELECT
    '2753:' || f.oid || ':0' AS address,
    s.name AS namespace,
    f.opfname::text AS name,
    am.amname::text AS signature,
    NULLIF(ARRAY(
        SELECT 'OPERATOR ' || o.amopstrategy || ' ' || o.amopopr::regoperator::text
            || COALESCE(' FOR ORDER BY ' || (
                SELECT quote_ident(n.name) || '.' || quote_ident(sf.opfname)
                FROM pg_opfamily sf JOIN naming n ON n.oid = sf.opfnamespace WHERE sf.oid = o.amopsortfamily AND o.amopsortfamily <> 0
            ), '')
        FROM pg_depend d JOIN pg_amop o ON o.oid = d.objid
        WHERE d.refclassid = 'pg_opfamily'::regclass AND d.refobjid = f.oid AND d.classid = 'pg_amop'::regclass
        UNION ALL
        SELECT 'FUNCTION ' || p.amprocnum || ' (' || format_type(p.amproclefttype, NULL) || ', ' || format_type(p.amprocrighttype, NULL)
            || ') ' || p.amproc::regprocedure::text
        FROM pg_depend d JOIN pg_amproc p ON p.oid = d.objid
        WHERE d.refclassid = 'pg_opfamily'::regclass AND d.refobjid = f.oid AND d.classid = 'pg_amproc'::regclass
        ORDER BY 1
    ), '{}') AS members
FROM pg_opfamily f
JOIN scope s ON s.oid = f.opfnamespace
JOIN pg_am am ON am.oid = f.opfmethod
WHERE f.oid NOT IN (SELECT m.objid FROM member m WHERE m.classid = 'pg_opfamily'::regclass)
