-- Of an option only its name, for the value can be a credential whatever it is called; a user is a name. Without the right to see them PostgreSQL shows no options.
SELECT
    '1418:' || u.umid || ':0' AS address,
    '' AS namespace,
    u.srvname::text AS name,
    CASE WHEN u.umuser = 0 THEN 'public' ELSE u.usename::text END AS signature,
    NULLIF(ARRAY(
        SELECT CASE WHEN split_part(o, '=', 1) IN ('user', 'username', 'password_required') THEN o ELSE split_part(o, '=', 1) END COLLATE "C"
        FROM unnest(u.umoptions) AS o ORDER BY 1
    ), '{}') AS options
FROM pg_user_mappings u
WHERE $1::text = ''
