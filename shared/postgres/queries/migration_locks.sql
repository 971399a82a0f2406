-- Advisory locks that are held in this database under one number (objsubid 1), as pg_advisory_lock(bigint) takes it.
SELECT l.classid::int8 << 32 | l.objid::int8 AS number, current_database()::text AS database
FROM pg_locks l
WHERE l.locktype = 'advisory'
    AND l.granted
    AND l.objsubid = 1
    AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
ORDER BY 1
LIMIT 1000
