-- Keys, references and checks; `columns` are quoted.
SELECT format('%I.%I', n.nspname, c.relname) AS "table", quote_ident(k.conname) AS name, k.contype::text AS type,
       pg_get_constraintdef(k.oid) AS definition, pg_get_expr(k.conbin, k.conrelid) AS condition,
       (SELECT array_agg(quote_ident(a.attname) ORDER BY u.number) FROM unnest(k.conkey) WITH ORDINALITY u (attnum, number)
          JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.attnum) AS columns
  FROM pg_constraint k
  JOIN pg_class c ON c.oid = k.conrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname !~ '^pg_|^information_schema$'
 WHERE k.contype IN ('p', 'u', 'f', 'c')
 ORDER BY 1, 2
