-- Views and materialized views in the order of their making, with their columns and how to make them.
SELECT format('%I.%I', n.nspname, c.relname) AS name, c.relkind = 'm' AS materialized,
       rtrim(pg_get_viewdef(c.oid), ';') AS definition,
       (SELECT array_agg(quote_ident(a.attname) ORDER BY a.attnum) FROM pg_attribute a
         WHERE a.attrelid = c.oid AND a.attnum > 0) AS columns,
       coalesce((SELECT array_agg(i.indexdef ORDER BY i.indexdef) FROM pg_indexes i
                  WHERE i.schemaname = n.nspname AND i.tablename = c.relname), '{}') AS indexes
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname !~ '^pg_|^information_schema$'
 WHERE c.relkind IN ('v', 'm')
 ORDER BY c.oid
