-- plpgsql is in every database that initdb's templates made, and pg_dump does not show it either.
-- Extensions belong to the database: a namespace's tenant does not own them.
-- The version counts where it is not the one this server installs by default: servers bring different ones.
SELECT
    '3079:' || e.oid || ':0' AS address,
    '' AS namespace,
    e.extname::text AS name,
    NULLIF(e.extversion, (SELECT a.default_version FROM pg_available_extensions() a WHERE a.name = e.extname)) AS version,
    n.name AS installed_in
FROM pg_extension e
JOIN naming n ON n.oid = e.extnamespace
WHERE e.extname <> 'plpgsql' AND $1::text = ''
