-- initdb's casts have oids below 16384 (FirstNormalObjectId). A cast belongs to the database, not to a namespace.
SELECT
    '2605:' || c.oid || ':0' AS address,
    '' AS namespace,
    '' AS name,
    format_type(c.castsource, NULL) || ' AS ' || format_type(c.casttarget, NULL) AS signature,
    CASE WHEN c.castfunc <> 0 THEN c.castfunc::regprocedure::text END AS function,
    CASE c.castmethod WHEN 'i' THEN 'inout' WHEN 'b' THEN 'binary' END AS method,
    CASE c.castcontext WHEN 'a' THEN 'assignment' WHEN 'i' THEN 'implicit' END AS context
FROM pg_cast c
WHERE c.oid >= 16384 AND $1::text = ''
    AND c.oid NOT IN (SELECT m.objid FROM member m WHERE m.classid = 'pg_cast'::regclass)
    -- A multirange's cast comes with its range type.
    AND NOT EXISTS (
        SELECT FROM pg_depend d WHERE d.classid = 'pg_cast'::regclass AND d.objid = c.oid
            AND d.refclassid = 'pg_type'::regclass AND d.deptype = 'i'
    )
