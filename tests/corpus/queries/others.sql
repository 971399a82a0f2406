-- Enums, domains, composites, functions, triggers, unique indexes and other indexes, namespaces, sequences: kind, name, more.
SELECT 'enum' AS kind, t.typname::text AS name, (SELECT array_agg(e.enumlabel::text ORDER BY e.enumsortorder)
                                                   FROM pg_enum e WHERE e.enumtypid = t.oid) AS more
  FROM pg_type t WHERE t.typtype = 'e'
UNION ALL
SELECT 'domain', t.typname, ARRAY[format_type(t.typbasetype, t.typtypmod)]
  FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE t.typtype = 'd' AND n.nspname = 'public'
UNION ALL
SELECT 'composite', c.relname, (SELECT array_agg(quote_ident(a.attname) ORDER BY a.attnum)
                                  FROM pg_attribute a WHERE a.attrelid = c.oid)
  FROM pg_class c WHERE c.relkind = 'c'
UNION ALL
SELECT CASE WHEN p.prorettype = 'trigger'::regtype THEN 'trigger function' ELSE 'function' END,
       p.oid::regprocedure::text, ARRAY[pg_get_functiondef(p.oid), pg_get_function_result(p.oid),
       pg_get_function_arguments(p.oid), p.proname]
  FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = 'public'
UNION ALL
SELECT 'trigger', quote_ident(t.tgname), ARRAY[t.tgrelid::regclass::text] FROM pg_trigger t WHERE NOT t.tgisinternal
UNION ALL
SELECT CASE WHEN i.indisunique THEN 'unique index' ELSE 'index' END, i.indexrelid::regclass::text,
       ARRAY[format('%I.%I', n.nspname, (SELECT t.relname FROM pg_class t WHERE t.oid = i.indrelid))]
       || ARRAY(SELECT quote_ident(a.attname) FROM pg_depend x JOIN pg_attribute a ON a.attrelid = x.refobjid
                   AND a.attnum = x.refobjsubid WHERE x.objid = i.indexrelid AND x.refobjsubid > 0)
  FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname !~ '^pg_|^information_schema$'
 WHERE NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid)
UNION ALL
SELECT 'namespace', quote_ident(n.nspname), NULL FROM pg_namespace n
 WHERE n.nspname !~ '^pg_|^information_schema$' AND n.nspname <> 'public'
UNION ALL
SELECT 'sequence', c.oid::regclass::text, NULL FROM pg_class c
 WHERE c.relkind = 'S' AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'i')
 ORDER BY 1, 2
