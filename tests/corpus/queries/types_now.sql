-- The enums and composites of a database: name, labels in their order, attributes in theirs as "name:type".
SELECT t.typname::text AS name,
       coalesce((SELECT array_agg(e.enumlabel::text ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid),
                '{}') AS labels,
       coalesce((SELECT array_agg(a.attname || ':' || y.typname ORDER BY a.attnum)
                   FROM pg_attribute a JOIN pg_type y ON y.oid = a.atttypid
                  WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped), '{}') AS attributes
  FROM pg_type t LEFT JOIN pg_class c ON c.oid = t.typrelid
 WHERE t.typtype = 'e' OR c.relkind = 'c'
