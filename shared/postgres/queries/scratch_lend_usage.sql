-- The foreign data wrapper of a server ($2), unless its new owner ($1) may use it already.
SELECT w.fdwname::text AS name
FROM pg_catalog.pg_foreign_server s
JOIN pg_catalog.pg_foreign_data_wrapper w ON w.oid = s.srvfdw
WHERE s.srvname = $2::text AND NOT pg_catalog.has_foreign_data_wrapper_privilege($1::name, w.oid, 'USAGE')
