-- Which namespaces what is deparsed in a namespace takes names from: whatever one of its objects depends on.
SELECT DISTINCT o.number AS number, r.number AS referenced
FROM pg_depend d
JOIN object o ON o.class = d.classid AND o.oid = d.objid
JOIN object r ON r.class = d.refclassid AND r.oid = d.refobjid
WHERE d.objid >= 16384 AND o.number <> r.number AND o.number <> 0 AND r.number <> 0
