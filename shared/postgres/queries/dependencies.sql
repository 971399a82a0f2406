-- Every edge of pg_depend that a user's object is part of; row types, toast, indexes behind constraints and the like
-- are resolved by the reader, because the way to their owner is an edge too.
SELECT
    d.deptype::text AS deptype,
    d.classid || ':' || d.objid || ':' || d.objsubid AS dependent,
    d.refclassid || ':' || d.refobjid || ':' || d.refobjsubid AS referenced
FROM pg_depend d
WHERE d.objid >= 16384
