-- Databases with sessions whose changes may not have been counted yet: asked before the counters are read, so that a
-- session that has left by then has handed its counters in. A session counts what it did when it ends, or when it has
-- been idle outside of a transaction for ten seconds. Of other roles' sessions a role may see no state: NULL, so not idle.
SELECT DISTINCT a.datid
FROM pg_stat_activity a
WHERE a.datid IS NOT NULL
    AND a.pid <> pg_backend_pid()
    AND a.backend_type IS DISTINCT FROM 'autovacuum worker'
    AND NOT coalesce(a.state = 'idle' AND a.state_change < clock_timestamp() - interval '{seconds} seconds', false)
