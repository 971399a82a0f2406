-- Advisory locks that are held in any database under one number, as in `migration_locks.sql`.
SELECT l.database, l.classid::int8 << 32 | l.objid::int8 AS number
FROM pg_locks l
WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
