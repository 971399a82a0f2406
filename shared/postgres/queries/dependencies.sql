-- Every edge of pg_depend that a user's object is part of; row types, toast, indexes behind constraints and the like
-- are resolved by the reader, because the way to their owner is an edge too.
SELECT
    d.deptype::text AS deptype,
    d.classid, d.objid, d.objsubid,
    d.refclassid, d.refobjid, d.refobjsubid
FROM pg_depend d
WHERE d.objid >= 16384
UNION ALL
-- Not an edge: an extension that ALTER EXTENSION ... SET SCHEMA cannot move.
SELECT 'f', 3079, e.oid, 0, 0, 0, 0
FROM pg_extension e
WHERE NOT e.extrelocatable
UNION ALL
-- Not an edge: a session's temporary relation, which nobody reads and nobody misses.
SELECT 't', 1259, c.oid, 0, 2615, c.relnamespace, 0
FROM pg_class c
WHERE c.relpersistence = 't'
