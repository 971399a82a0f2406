-- Stand-ins on which columns, constraints and indexes of some tables rest. They are known by a version
-- (shared/embedded/stand_ins/files.py).
WITH
stand_in AS (
    SELECT e.oid, e.extname::text AS name FROM pg_catalog.pg_extension AS e
    WHERE e.extname IN (SELECT name FROM pg_catalog.pg_available_extension_versions WHERE version = 'stand-in')
),
part (catalog, id) AS (
    SELECT 'pg_catalog.pg_class'::pg_catalog.regclass, pg_catalog.unnest($1::oid[])
    UNION ALL
    SELECT 'pg_catalog.pg_class'::pg_catalog.regclass, indexrelid FROM pg_catalog.pg_index WHERE indrelid = ANY ($1::oid[])
    UNION ALL
    SELECT 'pg_catalog.pg_constraint'::pg_catalog.regclass, oid FROM pg_catalog.pg_constraint
    WHERE conrelid = ANY ($1::oid[])
)
SELECT DISTINCT stand_in.name FROM stand_in
JOIN pg_catalog.pg_depend AS member ON member.refobjid = stand_in.oid AND member.deptype = 'e'
    AND member.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
JOIN pg_catalog.pg_depend AS used ON used.refclassid = member.classid AND used.refobjid = member.objid
JOIN part ON part.catalog = used.classid AND part.id = used.objid
ORDER BY 1
