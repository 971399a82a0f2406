-- Whether nobody else is connected to this database, and what tells that nobody was since. Each session is counted, and each
-- row that a background worker changes; both are written before a process is taken off the list of those that are there,
-- since statistics lie in shared memory (v15). Roles can be renamed from elsewhere: the names of those that own something
-- here or were given something.
-- Asked while nothing is pinned: every name is qualified, and the functions are those that pg_stat_activity is made of.
SELECT
    pg_catalog.current_setting('server_version_num')::pg_catalog.int4 OPERATOR(pg_catalog.>=) 150000 AND NOT pg_catalog.pg_is_in_recovery()
    AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_stat_get_activity(NULL) a
        WHERE a.datid OPERATOR(pg_catalog.=) here.oid AND a.pid OPERATOR(pg_catalog.<>) pg_catalog.pg_backend_pid()
    ) AS alone,
    pg_catalog.concat_ws(' ',
        pg_catalog.pg_stat_get_db_sessions(here.oid),
        pg_catalog.pg_stat_get_db_tuples_inserted(here.oid),
        pg_catalog.pg_stat_get_db_tuples_updated(here.oid),
        pg_catalog.pg_stat_get_db_tuples_deleted(here.oid)
    ) AS counts,
    (SELECT pg_catalog.sum(pg_catalog.hash_record_extended(ROW(r.oid, pg_catalog.pg_get_userbyid(r.oid)), 0)) FROM (
        SELECT 10::pg_catalog.oid AS oid
        UNION
        SELECT x.refobjid FROM pg_catalog.pg_shdepend x
        WHERE x.dbid OPERATOR(pg_catalog.=) here.oid AND x.refclassid OPERATOR(pg_catalog.=) 1260::pg_catalog.oid
    ) AS r) AS roles
FROM pg_catalog.pg_database here
WHERE here.datname OPERATOR(pg_catalog.=) pg_catalog.current_database()
