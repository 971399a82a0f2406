-- The numbers of types by name, as the session's search path finds them; NULL where there is none.
SELECT
    wanted.name::text AS name,
    pg_catalog.to_regtype(wanted.name)::oid AS number
FROM pg_catalog.unnest($1::text[]) AS wanted (name)
