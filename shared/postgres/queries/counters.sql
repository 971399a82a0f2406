-- How many rows of each catalog that is read, and of each table of a migration tool, were ever written in this database.
-- Nothing is pinned when it is asked: qualified throughout. What ANALYZE writes says nothing of a schema.
SELECT pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(pg_catalog.string_agg(
    pg_catalog.concat_ws(' ', c.oid, pg_catalog.pg_stat_get_tuples_inserted(c.oid), pg_catalog.pg_stat_get_tuples_updated(c.oid),
        pg_catalog.pg_stat_get_tuples_deleted(c.oid)), ',' ORDER BY c.oid), 'UTF8')), 'hex')
FROM pg_catalog.pg_class c
WHERE c.relkind OPERATOR(pg_catalog.=) 'r'
    AND (
        c.oid OPERATOR(pg_catalog.<) 16384::pg_catalog.oid AND NOT c.relisshared
            AND c.relname OPERATOR(pg_catalog.<>) ALL (ARRAY['pg_statistic', 'pg_statistic_ext_data', 'pg_largeobject', 'pg_largeobject_metadata']::pg_catalog.name[])
        OR c.relname OPERATOR(pg_catalog.=) ANY (ARRAY[{tables}]::pg_catalog.name[])
    )
