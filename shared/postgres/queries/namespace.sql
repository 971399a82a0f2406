-- initdb's own namespaces are all pg_% or information_schema; `public` is a user's to drop, so it is read.
SELECT '2615:' || s.oid || ':0' AS address, '' AS namespace, s.name
FROM scope s
WHERE s.oid NOT IN (SELECT m.objid FROM member m WHERE m.classid = 'pg_namespace'::regclass)
