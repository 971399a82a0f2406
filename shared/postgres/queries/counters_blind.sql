-- The counters of a database, unless another session of it is in a transaction: what that did before is not counted until
-- it ends. Any role sees who holds which virtual transaction. The counters are read after that, for they depend on it.
-- Nothing is pinned when it is asked: qualified throughout.
WITH sessions AS MATERIALIZED (
    SELECT EXISTS (
        SELECT FROM pg_catalog.pg_stat_get_activity(NULL) a
        JOIN pg_catalog.pg_lock_status() l ON l.pid OPERATOR(pg_catalog.=) a.pid
        WHERE l.locktype OPERATOR(pg_catalog.=) 'virtualxid'
            AND a.pid OPERATOR(pg_catalog.<>) pg_catalog.pg_backend_pid()
            AND a.datid OPERATOR(pg_catalog.=) (
                SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database()
            )
    ) AS blind
)
SELECT CASE WHEN s.blind THEN '' ELSE ({counters} AND NOT s.blind) END
FROM sessions s
