-- All that the store holds, but for who is doing what at the moment. A table that another one refers to was made before it.
SELECT c.relname::text AS name,
       ARRAY(SELECT a.attname::text FROM pg_catalog.pg_attribute a
             WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum) AS columns
FROM pg_catalog.pg_class c
WHERE c.relnamespace = 'fleetdrift'::regnamespace AND c.relkind = 'r' AND c.relname NOT IN ('migrations', 'leases')
ORDER BY c.oid
