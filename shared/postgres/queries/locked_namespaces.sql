-- Namespaces with a relation behind whose lock a deparse function would wait: whoever reads them with others has all wait.
SELECT DISTINCT c.relnamespace AS number
FROM pg_locks l
JOIN pg_class c ON c.oid = l.relation
WHERE l.locktype = 'relation' AND l.granted AND l.mode = 'AccessExclusiveLock' AND l.pid <> pg_backend_pid()
    AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
