-- Only what is said of this database: a role's cluster-wide settings are not its schema.
SELECT
    '0:0:0' AS address,
    '' AS namespace,
    split_part(c.setting, '=', 1) AS name,
    COALESCE(r.rolname::text, '') AS signature,
    substr(c.setting, strpos(c.setting, '=') + 1) AS value
FROM pg_db_role_setting s
CROSS JOIN LATERAL unnest(s.setconfig) AS c(setting)
LEFT JOIN pg_roles r ON r.oid = s.setrole
WHERE $1::text = '' AND s.setdatabase = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
