SELECT
    '826:' || a.oid || ':0' AS address,
    COALESCE(s.name, '') AS namespace,
    CASE WHEN a.defaclrole = d.oid THEN '{database_owner}' ELSE pg_get_userbyid(a.defaclrole)::text END AS name,
    CASE a.defaclobjtype
        WHEN 'r' THEN 'tables' WHEN 'S' THEN 'sequences' WHEN 'f' THEN 'functions' WHEN 'T' THEN 'types' WHEN 'n' THEN 'schemas'
        WHEN 'L' THEN 'large objects'
    END AS signature,
    {grants:a.defaclacl:a.defaclrole} AS grants
FROM pg_default_acl a
LEFT JOIN scope s ON s.oid = a.defaclnamespace
CROSS JOIN database_owner d
WHERE s.oid IS NOT NULL OR (a.defaclnamespace = 0 AND $1::text = '')
