-- The edges of what lies in these namespaces, and of what has no place; as dependencies.sql. {numbers} is an array of oids.
SELECT
    d.deptype::text AS deptype,
    d.classid, d.objid, d.objsubid,
    d.refclassid, d.refobjid, d.refobjsubid
FROM pg_depend d
LEFT JOIN object o ON o.class = d.classid AND o.oid = d.objid
WHERE d.objid >= 16384 AND (o.number IS NULL OR o.number = ANY ({numbers}))
