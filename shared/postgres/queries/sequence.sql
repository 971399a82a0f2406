SELECT
    '1259:' || q.seqrelid || ':0' AS address,
    r.namespace,
    r.name,
    format_type(q.seqtypid, NULL) AS type,
    q.seqstart AS start,
    q.seqincrement AS increment,
    q.seqmin AS minimum,
    q.seqmax AS maximum,
    NULLIF(q.seqcache, 1) AS cache,
    NULLIF(q.seqcycle, false) AS cycle,
    -- An identity's sequence is as persistent as its table since v15; before, it said nothing.
    CASE WHEN c.relpersistence = 'u' THEN 'unlogged' END AS persistence,
    CASE WHEN owner.oid IS NOT NULL THEN json_build_object('namespace', n.name, 'name', owner.relname) END AS owned_by_table,
    a.attname::text AS owned_by_column,
    CASE WHEN d.deptype = 'i' THEN true END AS identity_of_column
FROM relation r
JOIN pg_class c ON c.oid = r.oid
JOIN pg_sequence q ON q.seqrelid = r.oid
LEFT JOIN pg_depend d
    ON d.classid = 'pg_class'::regclass AND d.objid = q.seqrelid AND d.objsubid = 0
    AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')
LEFT JOIN pg_class owner ON owner.oid = d.refobjid
LEFT JOIN naming n ON n.oid = owner.relnamespace
LEFT JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
WHERE r.relkind = 'S'
