-- The functions that give NULL for NULL.
SELECT pg_catalog.array_agg(p.oid) FROM pg_catalog.pg_proc AS p WHERE p.proisstrict
