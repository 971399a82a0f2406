-- Every namespace by its number, its name, and its name as PostgreSQL quotes it in what it deparses.
SELECT n.oid::oid AS number, n.nspname::text AS name, quote_ident(n.nspname)::text AS quoted FROM pg_namespace n
