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
    CASE WHEN r.relpersistence = 'u' THEN 'unlogged' END AS persistence,
    CASE WHEN d.refobjid IS NOT NULL THEN (
        SELECT json_build_object('namespace', (SELECT n.name FROM naming n WHERE n.oid = owner.relnamespace), 'name', owner.relname)
        FROM pg_class owner WHERE owner.oid = d.refobjid
    ) END AS owned_by_table,
    CASE WHEN d.refobjid IS NOT NULL THEN (
        SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
    ) END AS owned_by_column,
    CASE WHEN d.deptype = 'i' THEN true END AS identity_of_column,
    d.refobjid::regclass::text AS raw_owner,
    d.refobjsubid AS raw_owner_column
FROM relation r
JOIN pg_sequence q ON q.seqrelid = r.oid
LEFT JOIN pg_depend d
    ON d.classid = 'pg_class'::regclass AND d.objid = q.seqrelid AND d.objsubid = 0
    AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')
WHERE r.relkind = 'S'
