SELECT
    '0:0:0' AS address,
    c.namespace,
    c.name,
    c.of,
    c.parent,
    c.signature,
    json_agg(json_build_array(l.provider, l.label) ORDER BY l.provider COLLATE "C") AS labels
FROM pg_seclabel l
JOIN carrier c ON c.address = l.classoid || ':' || l.objoid || ':' || l.objsubid
GROUP BY 1, 2, 3, 4, 5, 6
