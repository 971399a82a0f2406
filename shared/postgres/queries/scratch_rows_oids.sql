-- The oids of tables by name ($1, as to_regclass reads them); those that are not there are left out.
SELECT found.relation::oid AS relation
FROM pg_catalog.unnest($1::text[]) AS wanted (name)
CROSS JOIN LATERAL (SELECT pg_catalog.to_regclass(wanted.name)::oid AS relation) AS found
WHERE found.relation IS NOT NULL
