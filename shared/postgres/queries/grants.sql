COALESCE((
    SELECT json_agg(
        json_strip_nulls(json_build_object('grantee', g.grantee, 'privileges', g.privileges, 'grantable', g.grantable, 'grantor', g.grantor))
        ORDER BY g.grantee COLLATE "C", g.grantor COLLATE "C" NULLS FIRST
    )
    FROM (
        SELECT
            CASE
                WHEN e.grantee = {owner} THEN '{owner}'
                WHEN e.grantee = 0 THEN 'public'
                WHEN e.grantee = d.oid THEN '{database_owner}'
                ELSE pg_get_userbyid(e.grantee)::text
            END AS grantee,
            CASE
                WHEN e.grantor = {owner} THEN NULL
                WHEN e.grantor = d.oid THEN '{database_owner}'
                ELSE pg_get_userbyid(e.grantor)::text
            END AS grantor,
            array_agg(e.privilege_type ORDER BY e.privilege_type COLLATE "C") FILTER (WHERE NOT e.grantable) AS privileges,
            array_agg(e.privilege_type ORDER BY e.privilege_type COLLATE "C") FILTER (WHERE e.grantable) AS grantable
        FROM (
            SELECT x.grantee, x.grantor, x.privilege_type, bool_or(x.is_grantable) AS grantable
            FROM aclexplode({acl}) AS x GROUP BY x.grantee, x.grantor, x.privilege_type
        ) AS e
        GROUP BY 1, 2
    ) AS g
), '[]'::json)
