-- Of an option only its name: the value is a credential. Without the right to see them PostgreSQL shows no options.
SELECT
    '1418:' || u.umid || ':0' AS address,
    '' AS namespace,
    u.srvname::text AS name,
    CASE WHEN u.umuser = 0 THEN 'public' ELSE u.usename::text END AS signature,
    NULLIF(ARRAY(SELECT split_part(o, '=', 1) FROM unnest(u.umoptions) AS o ORDER BY 1), '{}') AS options
FROM pg_user_mappings u
WHERE $1::text = ''
