-- The columns of a service's tables, with what drifts need to know of them.
SELECT format('%I.%I', n.nspname, c.relname) AS "table", c.relname::text AS bare, quote_ident(a.attname) AS name,
       format_type(a.atttypid, a.atttypmod) AS type, t.typtype = 'e' AS is_enum, a.attnotnull AS not_null,
       CASE WHEN a.attgenerated = '' THEN pg_get_expr(d.adbin, d.adrelid) END AS "default",
       a.attidentity <> '' AS identity, a.attgenerated <> '' AS generated,
       EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND a.attnum = ANY (i.indkey) AND i.indisunique) AS in_key,
       EXISTS (SELECT FROM pg_index i JOIN pg_depend x ON x.objid = i.indexrelid AND x.refobjid = c.oid
                WHERE x.refobjsubid = a.attnum AND i.indisunique AND i.indexprs IS NOT NULL) AS in_unique_expression,
       EXISTS (SELECT FROM pg_constraint k WHERE k.contype = 'f'
                  AND (k.conrelid = c.oid AND a.attnum = ANY (k.conkey)
                       OR k.confrelid = c.oid AND a.attnum = ANY (k.confkey))) AS in_reference,
       EXISTS (SELECT FROM pg_constraint k WHERE k.contype = 'c' AND k.conrelid = c.oid
                  AND a.attnum = ANY (k.conkey)) AS in_check
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname !~ '^pg_|^information_schema$'
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  JOIN pg_type t ON t.oid = a.atttypid
  LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
 WHERE c.relkind = 'r'
 ORDER BY 1, a.attnum
